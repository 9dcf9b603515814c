import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL
from odoo.tools.misc import split_every

from ..clock import today_in
from ..domain import card_number

_BATCH = 10_000


class LoyaltyClub(models.Model):
    """The cards of a club: how they are numbered, who gets one, how long they are valid."""

    _inherit = "loyalty.club"

    auto_card = fields.Boolean(
        string="A virtual card for every member",
        default=True,
        help="New members get a card with a QR code at once. Their membership number works at "
        "the till with or without it.",
    )
    card_prefix = fields.Char(
        string="Card prefix",
        default="8",
        required=True,
        help="Begins every new card number: up to three capital letters, or up to three digits "
        "of which the first is 7 or 8, with which no bank card begins.",
    )
    card_valid_months = fields.Integer(
        string="Cards are valid for (months)",
        help="From the day of issue. 0: until they are blocked.",
    )
    card_count = fields.Integer(compute="_compute_card_count")

    _card_months_sound = models.Constraint(
        "CHECK (card_valid_months >= 0)", "A card is valid for at least a month, or for ever."
    )

    # === COMPUTE METHODS === #

    def _compute_card_count(self):
        counts = dict(
            self.env["loyalty.club.card"]._read_group(
                [("club_id", "in", self.ids)], ["club_id"], ["__count"]
            )
        )
        for club in self:
            club.card_count = counts.get(club, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("card_prefix")
    def _check_card_prefix(self):
        for club in self:
            if not card_number.is_card_prefix(club.card_prefix):
                raise ValidationError(
                    self.env._(
                        "“%(prefix)s” cannot begin a card number: use up to three capital letters, "
                        "or up to three digits of which the first is 7 or 8.",
                        prefix=club.card_prefix,
                    )
                )

    # === ACTION METHODS === #

    def action_issue_missing_cards(self):
        """Give every member who has no card a virtual one, for example after an import.

        :raises AccessError: for anyone but a club manager.
        """
        self.ensure_one()
        if not self.env.user.has_group("loyalty_club.group_manager"):
            raise AccessError(self.env._("Only a club manager issues cards to all members."))
        self.check_access("read")
        count = self._issue_missing_cards()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Issued %(count)s cards.", count=count),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === BUSINESS METHODS === #

    def _issue_missing_cards(self):
        """Issue a virtual card to members who have none and are not closed; how many."""
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "SELECT m.id FROM loyalty_club_member m"
                " WHERE m.club_id = %s AND m.state <> 'closed' AND NOT EXISTS ("
                "       SELECT FROM loyalty_club_card c WHERE c.member_id = m.id) ORDER BY m.id",
                self.id,
            )
        )
        # sudo: making cards is ours; who may ask for it was checked
        members = self.env["loyalty.club.member"].sudo()
        members = members.browse([member for (member,) in self.env.cr.fetchall()])
        for batch in split_every(_BATCH, members.ids, members.browse):
            self.env["loyalty.club.card"].sudo()._make_virtual(batch)
            batch.invalidate_recordset()  # or many members would fill the memory
        return len(members)

    def _next_card_numbers(self, count):
        """Take ``count`` card numbers in one statement.

        :returns: list of pairs of serial number and card number, in the order of the serials.
        """
        self.ensure_one()
        # sudo: numbering belongs to the product, not to the rights of who issues
        sequence = f"ir_sequence_{self.env.ref('loyalty_club.sequence_card').sudo().id:03d}"
        prefix = self.card_prefix
        self.env.cr.execute(SQL("SELECT nextval(%s) FROM generate_series(1, %s)", sequence, count))
        return [
            (
                serial,
                card_number.card_number(
                    serial, secrets.randbelow(card_number.CHANCE_LIMIT), prefix
                ),
            )
            for (serial,) in sorted(self.env.cr.fetchall())
        ]

    def _card_last_day(self):
        """Last day on which a card issued today is valid, or False."""
        self.ensure_one()
        if not self.card_valid_months:
            return False
        return fields.Date.add(today_in(self.company_id), months=self.card_valid_months)
