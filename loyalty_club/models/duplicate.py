"""Pairs that may be one person; a human decides."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

REASONS = [
    ("mobile", "Same mobile number"),
    ("identity", "Same identity code"),
    ("card", "Same card"),
    ("email", "Same e-mail address"),
]


class LoyaltyClubDuplicate(models.Model):
    """A member, and another member or contact who may be the same person.

    Noted by our own code when one number turns up on two people, once per pair. It is settled
    by a merge, by a person who knows better, or when the two have nothing in common any more.
    """

    _name = "loyalty.club.duplicate"
    _inherit = ["loyalty.club.own.work"]
    _description = "Possible Duplicate"
    _order = "id desc"
    _rec_name = "member_id"

    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="cascade"
    )
    other_id = fields.Many2one(
        "loyalty.club.member",
        string="Other member",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        help="Empty: the other one is a contact who is no member.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Other contact",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    club_id = fields.Many2one(
        related="member_id.club_id", store=True, precompute=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="member_id.company_id", store=True, precompute=True)
    reason = fields.Selection(REASONS, string="Found by", required=True, readonly=True)
    state = fields.Selection(
        [
            ("open", "To be checked"),
            ("merged", "Merged"),
            ("dismissed", "Not the same person"),
            ("gone", "Nothing in common any more"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    decided_on = fields.Datetime(string="Decided on", readonly=True)
    note = fields.Char(string="Why", readonly=True)

    member_phone = fields.Char(related="member_id.partner_id.phone", string="Member's phone")
    other_phone = fields.Char(related="partner_id.phone", string="Other phone")
    member_email = fields.Char(related="member_id.partner_id.email", string="Member's e-mail")
    other_email = fields.Char(related="partner_id.email", string="Other e-mail")
    member_join_date = fields.Date(related="member_id.join_date", string="Member since")
    other_join_date = fields.Date(related="other_id.join_date", string="Other member since")

    _pair_unique = models.UniqueIndex("(member_id, partner_id)", "This pair is noted already.")

    @api.depends("member_id", "partner_id")
    def _compute_display_name(self):
        for pair in self:
            other = pair.other_id.display_name or pair.partner_id.display_name
            pair.display_name = f"{pair.member_id.display_name} · {other}"

    # === ACTION METHODS === #

    def action_merge(self):
        """Ask which of the two stays: the window that merges memberships, or contacts where
        only one of them is a member.

        :raises AccessError: for anyone but a club manager.
        """
        self.ensure_one()
        if not self.env.user.has_group("loyalty_club.group_manager"):
            raise AccessError(self.env._("Only a club manager merges memberships."))
        if self.other_id:
            action = self.env["ir.actions.act_window"]._for_xml_id(
                "loyalty_club.member_merge_action"
            )
            both = self.member_id | self.other_id
        else:
            action = self.env["ir.actions.act_window"]._for_xml_id("base.action_partner_merge")
            both = self.member_id.partner_id | self.partner_id
        return dict(
            action,
            context={"active_model": both._name, "active_ids": both.ids, "active_id": both[0].id},
        )

    def action_dismiss(self):
        """Ask why these are different people.

        :raises AccessError: for anyone but a club marketer or manager.
        """
        self._check_decision_right()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Not the same person"),
            "res_model": "loyalty.club.duplicate.dismiss",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_duplicate_ids": self.ids},
        }

    # === BUSINESS METHODS === #

    def _dismiss(self, note):
        """These are different people: they are not offered again.

        :param note: why, in words.
        :raises AccessError: for anyone but a club marketer or manager.
        """
        self._check_decision_right()
        self._settle("dismissed", note)

    def _check_decision_right(self):
        if not (self.env.su or self.env.user.has_group("loyalty_club.group_marketer")):
            raise AccessError(self.env._("Only a club marketer or manager decides this."))

    def _settle(self, state, note=None):
        # sudo: pairs are written by our own code alone; who decides was checked
        self.sudo().filtered(lambda pair: pair.state == "open").write(
            {
                "state": state,
                "note": note,
                "decided_by_id": self.env.uid,
                "decided_on": fields.Datetime.now(),
            }
        )

    @api.model
    def _note(self, pairs, reason):
        """Note pairs to be checked by a person; what was noted or decided before stays.

        A pair that had nothing in common for a time is opened again.

        :param pairs: iterable of member and other: a loyalty.club.member of the same club, or
            a res.partner who is no member.
        :param reason: one of ``REASONS``.
        """
        rows = {}
        for one, other in pairs:
            member, other_id, partner = self._ordered(one, other)
            if member.partner_id != partner:
                rows[member.id, partner.id] = (
                    member.id, other_id, partner.id, member.club_id.id, member.company_id.id
                )  # fmt: skip
        if not rows:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO loyalty_club_duplicate AS pair
                       (member_id, other_id, partner_id, club_id, company_id, reason, state,
                        create_uid, create_date, write_uid, write_date)
                SELECT v.*, %(reason)s, 'open', %(user)s, %(now)s, %(user)s, %(now)s
                  FROM unnest(%(members)s::int[], %(others)s::int[], %(partners)s::int[],
                              %(clubs)s::int[], %(companies)s::int[]) AS v
                ON CONFLICT (member_id, partner_id) DO UPDATE
                   SET other_id = EXCLUDED.other_id,
                       reason = EXCLUDED.reason,
                       state = CASE WHEN pair.state = 'gone' THEN 'open' ELSE pair.state END
                 WHERE pair.state = 'gone'
                    OR pair.other_id IS NULL AND EXCLUDED.other_id IS NOT NULL
                """,
                reason=reason,
                user=self.env.uid,
                now=fields.Datetime.now(),
                **dict(
                    zip(
                        ("members", "others", "partners", "clubs", "companies"),
                        map(list, zip(*rows.values(), strict=True)),
                        strict=True,
                    )
                ),
            )
        )
        self.invalidate_model()

    @api.model
    def _ordered(self, one, other):
        """The pair as it is stored: the elder membership first, or the only one."""
        if other._name == "res.partner":
            return one, None, other
        first, second = (one | other).sorted("id") if one != other else (one, one)
        return first, second.id, second.partner_id

    @api.model
    def _open_of(self, members):
        # sudo: what hangs on a pair is done whoever may see it
        one_of_them = Domain("member_id", "in", members.ids) | Domain("other_id", "in", members.ids)
        return self.sudo().search(Domain("state", "=", "open") & one_of_them)

    @api.model
    def _others_of(self, members, reason):
        """The other members of the open pairs of ``members``."""
        if not members:
            return members
        pairs = self._open_of(members).filtered(lambda pair: pair.reason == reason)
        return (pairs.member_id | pairs.other_id) - members

    @api.model
    def _close_settled(self, members):
        """Close the pairs of ``members`` who had one number and have it no longer."""
        pairs = self._open_of(members).filtered(lambda pair: pair.reason == "mobile")

        def mobile(pair, partner):
            return pair.club_id._mobiles(partner.phone, partner.country_id)[:1]

        pairs.filtered(
            lambda pair: mobile(pair, pair.member_id.partner_id) != mobile(pair, pair.partner_id)
        )._settle("gone")

    @api.model
    def _close_one_contact(self, partners):
        """Close the pairs whose two contacts have become one of ``partners``."""
        # sudo: see _open_of
        pairs = self.sudo().search([("partner_id", "in", partners.ids), ("state", "=", "open")])
        pairs.filtered(lambda pair: pair.member_id.partner_id == pair.partner_id)._settle("merged")

    @api.model
    def _close_merged(self, source, survivor):
        """``source`` was merged: its pair with ``survivor`` is settled, others go on with the
        one that stays."""
        pairs = self._open_of(source)
        pairs._settle("merged", survivor.number)
        for reason, group in pairs.grouped("reason").items():
            self._note(
                [
                    (survivor, (pair.member_id | pair.other_id) - source or pair.partner_id)
                    for pair in group
                    if survivor not in pair.member_id | pair.other_id
                    and pair.partner_id != survivor.partner_id
                ],
                reason,
            )


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    def _merge_one_into(self, survivor, note):
        result = super()._merge_one_into(survivor, note)
        self.env["loyalty.club.duplicate"]._close_merged(self, survivor)
        # The number of the one that is gone may be the survivor's now.
        survivor._sync_mobile()
        return result
