"""Taking over a stock program: its cards get wallets, their balances become entries."""

from decimal import Decimal

from odoo import models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..domain.earning import round_to
from ..movement import Movement


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _club_adopt(self, programs):
        """Put the cards that managed ``programs`` already have onto the ledger.

        One opening entry per card with a balance. Two cards of one person become one
        wallet: the second card is emptied and archived. Repeatable.

        :raises ValidationError: when a card is below zero; nothing is changed then.
        """
        for program in programs.filtered("club_wallet_kind_id"):
            # sudo: putting a program under the club was allowed; its cards come with it
            cards = (
                self.sudo()
                .with_context(active_test=False)
                .search(
                    [("program_id", "=", program.id), ("club_wallet_id", "=", False)],
                    order="active DESC, id",
                )
            )
            if cards:
                cards._club_check_not_negative()
                cards._club_put_on_ledger(program.sudo().club_wallet_kind_id)

    def _club_check_not_negative(self):
        negative = self.filtered(lambda card: card.points < 0)
        if negative:
            raise ValidationError(
                self.env._(
                    "These cards are below zero and cannot be taken over: %(codes)s. "
                    "Correct their balances first.",
                    codes=negative[:10].mapped("code"),
                )
            )

    def _club_put_on_ledger(self, kind):
        wallets = self._club_wallets_to_adopt(kind)
        step = Decimal(str(kind.rounding))
        balances = {card.id: round_to(Decimal(str(card.points)), step) for card in self}
        # Booked before the cards are linked: their history already tells these balances.
        kind.env["loyalty.club.wallet"]._post_or_raise(
            Movement(
                wallet_id=wallets[card.id].id,
                amount=balances[card.id],
                kind="opening",
                key=f"card:{card.id}:opening",
                origin=("loyalty.card", card.id),
                expires_on=None,
                note=card.code,
            )
            for card in self
            if balances[card.id]
        )
        first = {}
        for card in self:
            first.setdefault(wallets[card.id].id, card.id)
        self._club_link(first)
        for wallet in kind.wallet_ids:
            wallet.invalidate_recordset(["card_ids"])

    def _club_wallets_to_adopt(self, kind):
        """Wallet for each card, by card id: the member's own, or a new bearer's."""
        named = self.filtered(lambda card: card.partner_id and not kind.bearer)
        members = self.env["loyalty.club.member"]._enrol(
            kind.club_id, named.partner_id, channel="import"
        )
        by_member = kind._wallets_of(members)
        by_partner = {  # who had a merged membership, and no new one, shares the one that stays
            member.partner_id.id: by_member[member._survivor().id]
            for member in members.merged_ids | members
        }
        bearers = self - named
        created = self.env["loyalty.club.wallet"].create(
            [{"kind_id": kind.id, "valid_until": card.expiration_date} for card in bearers]
        )
        wallets = dict(zip(bearers.ids, created, strict=True))
        return wallets | {card.id: by_partner[card.partner_id.id] for card in named}

    def _club_link(self, first):
        """Link one card per wallet and let it mirror the balance; archive the others."""
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """
                UPDATE loyalty_card c SET club_wallet_id = w.id, points = w.balance
                  FROM unnest(%s::int[], %s::int[]) AS v(card_id, wallet_id)
                  JOIN loyalty_club_wallet w ON w.id = v.wallet_id
                 WHERE c.id = v.card_id
                   AND NOT EXISTS (SELECT 1 FROM loyalty_card o WHERE o.club_wallet_id = w.id)
                """,
                list(first.values()),
                list(first),
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE loyalty_card SET points = 0, active = FALSE"
                " WHERE id IN %s AND club_wallet_id IS NULL",
                tuple(self.ids),
            )
        )
        self.invalidate_recordset()

    def _club_unlink_wallets(self):
        """Part cards from their unused wallets; those that belong to no member go."""
        wallets = self.club_wallet_id
        self.flush_recordset(["club_wallet_id"])
        self.env.cr.execute(
            SQL("UPDATE loyalty_card SET club_wallet_id = NULL WHERE id IN %s", tuple(self.ids))
        )
        self.invalidate_recordset(["club_wallet_id"])
        wallets.invalidate_recordset(["card_ids"])
        wallets.filtered(lambda wallet: not wallet.member_id).unlink()
