"""From what stock code writes on a managed card to movements on the ledger."""

from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..domain.earning import round_to
from ..movement import Movement, current_authority


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _club_move_to(self, points):
        """Book what stock code means by setting ``points`` on these managed cards."""
        granted = current_authority()
        if not granted:
            return self._club_adjust_to(points, self.env._("Adjusted by hand"))
        if granted.absorb:
            return None
        Wallet = self.env["loyalty.club.wallet"].sudo()  # sudo: ledger's door, authority checked
        movements = []
        for card, balance in self._club_balances():
            delta = card._club_amount(points) - balance
            if delta:
                movements += card._club_movements(delta, granted)
        return Wallet._post_or_raise(movements)

    def _club_adjust_to(self, points, reason):
        """A club manager sets these managed cards to ``points``: adjustments like any other.

        :raises UserError: when a second manager would have to approve.
        """
        for card, balance in self._club_balances():
            delta = card._club_amount(points) - balance
            if not delta:
                continue
            adjustment = self.env["loyalty.club.adjustment"]._request(
                card.club_wallet_id, delta, reason
            )
            if adjustment.state == "waiting":
                self._club_refuse_alone(card.club_wallet_id.kind_id, delta)

    @api.model
    def _club_refuse_alone(self, kind, amount):
        raise UserError(
            self.env._(
                "%(amount)s is above what one person may adjust in a day. Use “Adjust "
                "balance” on the wallet: another club manager is then asked to approve.",
                amount=kind._format(amount),
            )
        )

    def _club_check_issue(self, amounts):
        """Value that a manager puts on new cards by hand counts like any adjustment.

        :param amounts: value of each of these cards.
        :raises UserError: when one person may not give that much in a day.
        """
        totals = defaultdict(Decimal)
        for card, amount in zip(self, amounts, strict=True):
            if amount and card.club_wallet_id:
                totals[card.club_wallet_id.kind_id] += card._club_amount(amount)
        for kind, total in totals.items():
            if not self.env["loyalty.club.adjustment"]._may_decide_alone(kind, total):
                self._club_refuse_alone(kind, total)

    def _club_balances(self):
        """Pairs of card and what its wallet has available, exact, read from the wallet itself."""
        self.env["loyalty.club.wallet"].flush_model()
        self.env.cr.execute(
            SQL(
                "SELECT c.id, GREATEST(w.balance - w.held - w.pending, 0)::text FROM loyalty_card c"
                " JOIN loyalty_club_wallet w ON w.id = c.club_wallet_id"
                " WHERE c.id IN %s ORDER BY w.id",
                tuple(self.ids),
            )
        )
        return [(self.browse(row[0]), Decimal(row[1])) for row in self.env.cr.fetchall()]

    def _club_amount(self, points):
        """``points`` of stock (a float) as an exact amount of the wallet's smallest step."""
        kind = self.sudo().club_wallet_id.kind_id  # sudo: as in create
        step = kind._rules(kind.id)[0] if kind else Decimal(0)
        return round_to(Decimal(str(points)), step)

    def _club_movements(self, delta, granted):
        """Movements for one change of a card, each with a key of its own.

        A credit that gives back what the same document spent refills the very lots.
        """
        self.ensure_one()
        wallet_id = self.sudo().club_wallet_id.id  # sudo: as in create
        common = {
            "wallet_id": wallet_id,
            "origin": granted.origin or ("loyalty.card", self.id),
            "branch_id": granted.branch_id,
            "note": granted.note,
        }
        movements = []
        if delta > 0 and granted.credit_kind == "refund_spend":
            for entry_id, open_amount in self._club_spent(granted.origin):
                part = min(delta, open_amount)
                if part > 0:
                    movements.append(
                        Movement(
                            amount=part,
                            kind="refund_spend",
                            key=self._club_key(granted),
                            reverses_id=entry_id,
                            restore=True,
                            **common,
                        )
                    )
                    delta -= part
        if delta:
            kind = granted.credit_kind if delta > 0 else granted.debit_kind
            if kind == "refund_spend":  # more than the document ever spent
                kind = "adjust"
            basket = self._club_unpaid(granted) if delta < 0 else None
            key = self._club_key(granted)
            movements.append(Movement(amount=delta, kind=kind, key=key, basket=basket, **common))
        return movements

    @api.model
    def _club_unpaid(self, granted):
        """The basket of ``granted``, with what its document has paid of it on conditions: an
        order that takes more later does not have the whole basket to pay again."""
        if not granted.basket or not granted.origin:
            return granted.basket
        self.env.cr.execute(
            SQL(
                """
                SELECT l.terms_id, SUM(a.amount)::text
                  FROM loyalty_club_entry e
                  JOIN loyalty_club_allocation a ON a.entry_id = e.id
                  JOIN loyalty_club_lot l ON l.id = a.lot_id
                 WHERE e.origin_model = %s AND e.origin_id = %s
                   AND e.kind IN ('spend', 'refund_spend') AND l.terms_id IS NOT NULL
                 GROUP BY l.terms_id
                """,
                *granted.origin,
            )
        )
        paid = {terms_id: Decimal(amount) for terms_id, amount in self.env.cr.fetchall()}
        return granted.basket._replace(paid=paid)

    def _club_key(self, granted):
        """Next idempotency key of this card under ``granted``: counts what was booked before."""
        wallet_id = self.sudo().club_wallet_id.id  # sudo: as in create
        prefix = f"{granted.key}:{wallet_id}:"
        if wallet_id not in granted.used:
            self.env.cr.execute(
                SQL(
                    "SELECT COUNT(*) FROM loyalty_club_entry"
                    " WHERE wallet_id = %s AND starts_with(idempotency_key, %s)",
                    wallet_id,
                    prefix,
                )
            )
            granted.used[wallet_id] = self.env.cr.fetchone()[0]
        granted.used[wallet_id] += 1
        return f"{prefix}{granted.used[wallet_id]}"

    def _club_spent(self, origin):
        """What a document spent from this card and did not give back yet, newest first; without
        payments at a till, which go back as payments.

        :returns: list of (entry id, positive Decimal).
        """
        if not origin:
            return []
        self.env.cr.execute(
            SQL(
                """
                SELECT e.id, (-e.amount - COALESCE(SUM(r.amount), 0))::text
                  FROM loyalty_club_entry e
                  LEFT JOIN loyalty_club_entry r
                         ON r.reverses_id = e.id AND r.kind = 'refund_spend'
                 WHERE e.origin_model = %s AND e.origin_id = %s AND e.kind = 'spend'
                   AND e.wallet_id = %s
                   AND NOT EXISTS (SELECT FROM pos_payment p WHERE p.club_entry_id = e.id)
                 GROUP BY e.id HAVING -e.amount > COALESCE(SUM(r.amount), 0)
                 ORDER BY e.id DESC
                """,
                *origin,
                self.sudo().club_wallet_id.id,  # sudo: as in create
            )
        )
        return [(row[0], Decimal(row[1])) for row in self.env.cr.fetchall()]
