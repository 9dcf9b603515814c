"""Wallets on one side, the company's books on the other: read by aggregates, compared."""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from odoo.exceptions import UserError
from odoo.tools import SQL

from ..clock import end_of
from ..domain.earning import round_to
from ..domain.lots import ZERO
from ..domain.posting import LIABILITY, SALE_MODELS, Booked, counter_role, due


class Reconciled(NamedTuple):
    """One kind of value, after the last posting of its club. Amounts in company currency.

    :param kind: loyalty.club.wallet.kind.
    :param posting: loyalty.club.ledger.posting that is compared.
    :param wallets: what the wallets were worth at the end of its day.
    :param account: what the liability account says is owed.
    :param other: part of ``account`` that other journal entries brought there.
    :param later: part of ``wallets`` that is not posted yet: it came in after the posting,
        or a posting was reversed. The next posting brings it.
    """

    kind: object
    posting: object
    wallets: Decimal
    account: Decimal
    other: Decimal
    later: Decimal

    @property
    def difference(self):
        """Account less wallets."""
        return self.account - self.wallets

    @property
    def fault(self):
        """What no posting will ever put right: it needs a person."""
        return self.difference + self.later


class LedgerBooks:
    """Both sides of one club."""

    def __init__(self, club):
        # sudo: the sums of all wallets and of the club's accounts, whoever may see which
        self.club = club.sudo().with_context(active_test=False)
        self.env = self.club.env
        self.kinds = self.club.kind_ids
        self.company = self.club.company_id
        self.step = Decimal(str(self.company.currency_id.rounding))

    # --- what is to be posted --------------------------------------------------------

    def lines(self, day):
        """Lines of a posting up to ``day``: values of loyalty.club.ledger.posting.line.

        Empty when no amount is due.

        :raises UserError: when an account is missing, naming all that are.
        """
        moved, booked, accounts = self._moved(end_of(self.company, day)), self._booked(), {}
        for (kind_id, role, account_id), row in booked.items():
            if role == LIABILITY and row.amount:
                accounts.setdefault(kind_id, {})[account_id] = row.amount
        lines, missing = [], []
        for kind in self.kinds:
            of_kind = defaultdict(Booked)
            for (kind_id, role, _account), row in booked.items():
                if kind_id == kind.id:
                    of_kind[role] = Booked(
                        *(a + b for a, b in zip(of_kind[role], row, strict=True))
                    )
            if moved[kind.id] or of_kind:
                lines += self._lines_of(
                    kind, day, moved[kind.id], of_kind, accounts.get(kind.id, {}), missing
                )
        self._refuse_missing(missing)
        return lines if any(line["balance"] for line in lines) else []

    def _lines_of(self, kind, day, moved, booked, accounts, missing):
        """Lines of one kind of value.

        :param accounts: what is booked as owed, by account; another account than the one
            chosen now hands it over.
        :param missing: list that takes the fields nobody has filled.
        """
        value = kind._unit_value(day)
        found = due(moved, booked, value, self.step)
        total = sum(moved.values(), ZERO)
        owed = round_to(total * value, self.step)
        lines = []
        for role, (units, amount) in found.items():
            account, field = kind._ledger_account(role, amount)
            if role == LIABILITY:
                amount = owed - accounts.pop(account.id, ZERO)
            if amount and not account:
                missing.append((kind, field))
            if amount or units or role == LIABILITY:
                lines.append(
                    {
                        "kind_id": kind.id,
                        "role": role,
                        "account_id": account.id,
                        "units": float(units),
                        "value": float(value),
                        "balance": float(-amount if role == LIABILITY else amount),
                    }
                )
        closing = next(line for line in lines if line["role"] == LIABILITY)
        closing |= {"closing": True, "closing_units": float(total), "closing_amount": float(owed)}
        for account_id, amount in accounts.items():
            handed_over = {"units": 0, "closing": False, "account_id": account_id}
            lines.append(dict(closing, **handed_over, balance=float(amount)))
        return lines

    def _refuse_missing(self, missing):
        if missing:
            wanted = {(kind.name, kind._fields[field]._description_string(self.env))
                      for kind, field in missing}  # fmt: skip
            raise UserError(
                self.env._(
                    "Some accounts are missing. Choose them on the kinds of value, under "
                    "“Accounting”, or let the club set up its accounts, then try again:\n%(list)s",
                    list="\n".join(f"• {kind}: {field}" for kind, field in sorted(wanted)),
                )
            )

    def _moved(self, until):
        """Units that ever moved before ``until``, by kind of value and counter-role."""
        self.env.cr.execute(
            SQL(
                """
                SELECT w.kind_id, e.kind, e.kind = 'issue' AND e.origin_model IN %s,
                       SUM(e.amount)::text
                  FROM loyalty_club_entry e JOIN loyalty_club_wallet w ON w.id = e.wallet_id
                 WHERE e.club_id = %s AND e.date < %s
                 GROUP BY 1, 2, 3
                """,
                SALE_MODELS,
                self.club.id,
                until,
            )
        )
        moved = defaultdict(lambda: defaultdict(Decimal))
        for kind_id, entry_kind, sold, units in self.env.cr.fetchall():
            moved[kind_id][counter_role(entry_kind, bool(sold))] += Decimal(units)
        return moved

    def _booked(self):
        """What the postings that stand have booked, by kind of value, role and account."""
        self.env["loyalty.club.ledger.posting"].flush_model()
        self.env["loyalty.club.ledger.posting.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT l.kind_id, l.role, l.account_id, SUM(l.units)::text,
                       SUM(l.units * l.value)::text,
                       SUM(CASE WHEN l.role = %s THEN -l.balance ELSE l.balance END)::text
                  FROM loyalty_club_ledger_posting_line l
                  JOIN loyalty_club_ledger_posting p ON p.id = l.posting_id
                 WHERE p.club_id = %s AND p.state = 'posted'
                 GROUP BY 1, 2, 3
                """,
                LIABILITY,
                self.club.id,
            )
        )
        return {tuple(row[:3]): Booked(*map(Decimal, row[3:])) for row in self.env.cr.fetchall()}

    # --- what is to be compared ------------------------------------------------------

    def reconcile(self, posting):
        """Compare the wallets with the liability accounts after ``posting``.

        :param posting: the last loyalty.club.ledger.posting of the club that stands.
        :returns: list of :class:`Reconciled`, one for each kind of value it closes.
        """
        closing = posting.sudo().line_ids.filtered("closing")
        units = self._held(posting.until)
        owed = self._owed(closing.account_id)
        booked = defaultdict(Decimal)
        for (kind_id, role, _account), row in self._booked().items():
            if role == LIABILITY:
                booked[kind_id] += row.amount
        found = []
        for line in closing:
            wallets = round_to(units[line.kind_id.id] * Decimal(str(line.value)), self.step)
            account, own = owed[line.account_id.id]
            later = wallets - booked[line.kind_id.id]
            found.append(Reconciled(line.kind_id, posting, wallets, account, account - own, later))
        return found

    def _held(self, until):
        """Units that the wallets held at ``until``, by kind of value."""
        self.env["loyalty.club.wallet"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT kind_id, SUM(units)::text FROM (
                    SELECT kind_id, balance AS units FROM loyalty_club_wallet WHERE club_id = %s
                    UNION ALL
                    SELECT w.kind_id, -e.amount
                      FROM loyalty_club_entry e JOIN loyalty_club_wallet w ON w.id = e.wallet_id
                     WHERE e.company_id = %s AND e.club_id = %s AND e.date >= %s
                ) AS part GROUP BY 1
                """,
                self.club.id,
                self.company.id,
                self.club.id,
                until,
            )
        )
        held = defaultdict(Decimal)
        held.update((kind_id, Decimal(units)) for kind_id, units in self.env.cr.fetchall())
        return held

    def _owed(self, accounts):
        """Posted balances of ``accounts``, as a debt: in all, and from the club's postings."""
        self.env["account.move.line"].flush_model()
        self.env["account.move"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT l.account_id, -SUM(l.balance)::numeric,
                       COALESCE(-SUM(l.balance) FILTER (WHERE p.id IS NOT NULL), 0)
                  FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id
                  LEFT JOIN loyalty_club_ledger_posting p
                         ON p.move_id = COALESCE(m.reversed_entry_id, m.id)
                 WHERE l.company_id = %s AND l.account_id = ANY(%s) AND l.parent_state = 'posted'
                 GROUP BY 1
                """,
                self.company.id,
                accounts.ids,
            )
        )
        owed = defaultdict(lambda: (ZERO, ZERO))
        for account_id, total, own in self.env.cr.fetchall():
            owed[account_id] = (Decimal(str(total)), Decimal(str(own)))
        return owed
