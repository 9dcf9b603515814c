"""What a card brings its holder at a sale: a percentage off, or the same as credit."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..clock import day_at, zone_of
from ..domain.earning import points_for_amount
from ..domain.lots import ZERO

PERCENT = Decimal(100)
# Part of an entry's key that says: earned by a card's percentage, which ends the key.
CREDITED = "card"


class LoyaltyClubCard(models.Model):
    _inherit = "loyalty.club.card"

    @api.model
    def _for_sale(self, club, member, text=""):
        """The one card whose terms go for a purchase.

        It is the card that was shown, if it brings its holder anything; else the one of her
        valid cards that brings most, so that nobody loses by showing the wrong one.

        :param club: loyalty.club, where it is sold.
        :param member: loyalty.club.member, who buys; a card of anybody else is nobody's.
        :param text: what was typed or scanned, if a card was shown.
        :returns: loyalty.club.card, one record or none.
        """
        if not member:
            return self.browse()
        shown = self._find_by_text(club, text) if text else self.browse()
        if shown.member_id != member or not shown.in_force:
            shown = self.browse()
        if shown and shown._brings():
            return shown
        return self._best_of(member).get(member.id) or shown

    @api.model
    def _best_of(self, members):
        """The card that brings each of ``members`` most, of those that can be used now.

        :returns: dict of member id to loyalty.club.card; members without such a card are left
            out. One query.
        """
        cards = self.search(
            [
                ("member_id", "in", members.ids),
                ("state", "=", "active"),
                ("discount_mode", "!=", "none"),
                ("discount_percent", ">", 0),
            ],
            order="discount_percent, id",
        )
        return {card.member_id.id: card for card in cards if card.in_force}

    def _brings(self):
        """The card's percentage, whatever it is given as; 0 when it gives none."""
        return self.discount_percent if self.discount_mode != "none" else 0.0

    def _discount(self):
        """The percentage that the card takes off prices."""
        return self.discount_percent if self.discount_mode == "discount" else 0.0

    def _highest_discount(self, since):
        """The most that the card took off prices at any moment from ``since`` (naive, UTC) on.

        A till that was offline knows the card's terms as they were.
        """
        if not self:
            return 0.0
        Event = self.env["loyalty.club.card.event"]
        mine = [("card_id", "=", self.id)]
        later = Event.search([*mine, ("date", ">", since)])
        then = Event.search([*mine, ("date", "<=", since)], limit=1)
        return max(self._discount(), *(later | then).mapped("percent"), 0.0)

    def _was_in_force(self, moment):
        """Whether the card could be used at ``moment`` (naive, UTC).

        A till that was offline could not know what became of the card since, nor of the
        membership: what was sold stays sold, and what it earns asks for the membership itself.
        """
        self.ensure_one()
        day = day_at(moment, zone_of(self.company_id))
        if self.expires_on and self.expires_on < day:
            return False
        stopped_later = self.ended_on and moment < self.ended_on
        return self._obstacle() in (None, "expired", "member") or bool(stopped_later)

    def _credit_for(self, amount):
        """What a purchase brings as credit through this card.

        :param amount: Decimal, net of returns, in the club's currency and basis.
        :returns: the kind of value (loyalty.club.wallet.kind) and a Decimal, zero for none.
        """
        kind = self.club_id._card_credit_kind()
        if not kind or self.discount_mode != "credit":
            return kind, ZERO
        return kind, kind._credited(amount, Decimal(str(self.discount_percent)))


class LoyaltyClubWalletKind(models.Model):
    _inherit = "loyalty.club.wallet.kind"

    def _credited(self, amount, percent):
        """``percent`` of ``amount`` as a whole number of the kind's steps, rounded down."""
        self.ensure_one()
        return points_for_amount(amount, percent, PERCENT, Decimal(str(self.rounding)))


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    def _credited_percent(self):
        """The percentage of the card by which the entry was earned, or None.

        It is the end of the entry's key, which is sealed: what the card says by now, or
        whose it is, does not change what comes back with a return.
        """
        self.ensure_one()
        parts = self.idempotency_key.split(":")
        return Decimal(parts[-1]) if self.kind == "earn" and CREDITED in parts[2:-1] else None


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    card_credit_kind_id = fields.Many2one(
        "loyalty.club.wallet.kind",
        string="Cards charge",
        ondelete="restrict",
        domain="[('club_id', '=', id), ('type', 'in', ('cashback', 'ewallet')),"
        " ('currency_id', '=', currency_id)]",
        help="Kind of value that cards charge whose percentage is left to the holder as credit. "
        "Empty: the club's first cashback, else its first credit.",
    )

    @api.constrains("card_credit_kind_id")
    def _check_card_credit_kind(self):
        for club in self.filtered("card_credit_kind_id"):
            if club.card_credit_kind_id not in club._card_credit_kinds():
                raise ValidationError(
                    self.env._(
                        "Cards charge cashback or credit of %(club)s in %(currency)s.",
                        club=club.name,
                        currency=club.currency_id.name,
                    )
                )

    def _card_credit_kinds(self):
        self.ensure_one()
        kinds = self.kind_ids.filtered(lambda kind: kind.currency_id == self.currency_id)
        return kinds.filtered(lambda kind: kind.type in ("cashback", "ewallet"))

    def _card_credit_kind(self):
        """The kind of value that cards charge, or none."""
        return (
            self.card_credit_kind_id
            or self._card_credit_kinds().sorted(lambda kind: kind.type != "cashback")[:1]
        )
