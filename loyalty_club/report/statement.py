"""A statement of account: what moved in wallets over a period, proved against the ledger."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..clock import today_in, zone_of
from . import statement_pdf, statement_xlsx
from .statement_words import Words

ZERO = Decimal(0)
BEGINNING = date(1900, 1, 1)  # before any entry
NEXT_EXPIRIES = 5
PDF_ROWS = 5000  # about ten seconds; whoever wants more is served by a spreadsheet

FORMATS = {
    "pdf": ("application/pdf", statement_pdf.render),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        statement_xlsx.render,
    ),
}


class Row(NamedTuple):
    """One entry of a wallet, as a statement shows it; ``date`` is UTC and naive."""

    seq: int
    date: datetime
    reason: str
    document: str
    note: str
    branch: str
    amount: Decimal
    balance: Decimal
    expiries: list[date]

    @property
    def text(self):
        """The reason, and the document behind it or else what somebody wrote."""
        return " · ".join(filter(None, (self.reason, self.document or self.note)))


class Frame(NamedTuple):
    """What the ledger says around the rows of one wallet: the period lies between the
    entries numbered ``first`` (before it) and ``last`` (its last); the rest is of now."""

    first: int
    opening: Decimal
    last: int
    closing: Decimal
    seq: int
    balance: Decimal
    held: Decimal
    pending: Decimal


@dataclass(slots=True)
class Account:
    """One wallet over the period.

    :param frame: the balances before and after the rows, and those of now.
    :param expiring: what is left of lots that still expire, by day, soonest first, now.
    """

    wallet: object
    frame: Frame
    rows: list[Row]
    expiring: list[tuple[date, Decimal]]

    @property
    def available(self):
        """What could be spent now."""
        return self.frame.balance - self.frame.held - self.frame.pending

    @property
    def received(self):
        return sum((row.amount for row in self.rows if row.amount > 0), ZERO)

    @property
    def used(self):
        return -sum((row.amount for row in self.rows if row.amount < 0), ZERO)

    @property
    def adds_up(self):
        """Whether the rows lead from the opening balance to the closing one, without a gap in
        their numbers, and from there to what the wallet holds when they are its last."""
        running, seq = self.frame.opening, self.frame.first
        for row in self.rows:
            running, seq = running + row.amount, seq + 1
            if (seq, running) != (row.seq, row.balance):
                return False
        complete = seq < self.frame.seq or running == self.frame.balance
        return complete and (seq, running) == (self.frame.last, self.frame.closing)


@dataclass(slots=True)
class Statement:
    """What is printed: the accounts of one holder over a period, and who reads it."""

    env: object
    member: object
    company: object
    date_from: date | None
    date_to: date
    printed_at: datetime
    words: Words
    accounts: list[Account] = field(default_factory=list)

    @property
    def name(self):
        """Name of the file without its ending."""
        holder = self.member.number or f"wallet-{self.accounts[0].wallet.id}"
        parts = ["statement", holder, self.date_from and self.date_from.isoformat()]
        return "-".join([*filter(None, parts), self.date_to.isoformat()])


class LoyaltyClubStatement(models.AbstractModel):
    """Makes statements of wallets, on demand; none is kept.

    Entries come from the ledger in a fixed number of queries, whatever their number, and
    are added up again: a statement that does not add up is not made.
    """

    _name = "loyalty.club.statement"
    _description = "Statement"

    # === BUSINESS METHODS === #

    @api.model
    def _render(self, wallets, date_from, date_to, file_format):
        """Make the statement of ``wallets`` in the language of the environment.

        :param wallets: loyalty.club.wallet of one member, or one bearer's; the environment
            must be allowed to read them.
        :param date_from: first day, by the company's clock; None: from the beginning.
        :param date_to: last day; None: until now.
        :param file_format: ``pdf`` or ``xlsx``.
        :returns: name of the file, its media type, its bytes.
        :raises AccessError: for wallets that the user may not read.
        :raises UserError: when the period is upside down, too long for the format, or the
            entries do not add up to the balances.
        """
        statement = self._of(wallets, date_from, date_to)
        rows = sum(len(account.rows) for account in statement.accounts)
        if file_format == "pdf" and rows > PDF_ROWS:
            raise UserError(
                self.env._(
                    "%(count)s entries are too many for a document to print. Choose a shorter "
                    "period, or take the spreadsheet.",
                    count=rows,
                )
            )
        media_type, render = FORMATS[file_format]
        return f"{statement.name}.{file_format}", media_type, render(statement)

    @api.model
    def _frame(self, wallet, date_from, date_to):
        """Where a period lies in the entries of one wallet.

        :param date_from: first day, or None: from the beginning.
        :param date_to: last day.
        :returns: :class:`Frame`.
        """
        wallet.check_access("read")
        return LedgerReader(wallet, date_from, date_to).frames()[wallet.id]

    @api.model
    def _of(self, wallets, date_from=None, date_to=None):
        """The statement of ``wallets`` over a period, as data; see :meth:`_render`."""
        if not wallets:
            raise UserError(self.env._("There is no wallet to make a statement of."))
        wallets.check_access("read")
        # sudo: whoever may read a wallet may read its entries, their branches and receipts
        wallets = wallets.sudo().sorted(lambda wallet: (wallet.kind_id.sequence, wallet.id))
        company = wallets.company_id[:1]
        date_to = date_to or today_in(company)
        if date_from and date_from > date_to:
            raise UserError(self.env._("The period ends before it begins."))
        reader = LedgerReader(wallets, date_from, date_to)
        return Statement(
            env=self.env,
            member=wallets.member_id,
            company=company,
            date_from=date_from,
            date_to=date_to,
            printed_at=fields.Datetime.now(),
            words=Words(self.env, company),
            accounts=reader.accounts(),
        )


class LedgerReader:
    """Reads the accounts of some wallets over a period, in a fixed number of queries."""

    def __init__(self, wallets, date_from, date_to):
        self.env = wallets.env
        self.wallets = wallets
        self.company = wallets.company_id[:1]
        self.start = self._midnight(date_from or BEGINNING)
        self.end = self._midnight(date_to + timedelta(days=1))

    def accounts(self):
        """Accounts in the order of the wallets.

        :raises UserError: when the entries of one do not add up.
        """
        self.env["loyalty.club.wallet"].flush_model()
        frames = self.frames()
        rows = self._rows(frames)
        expiring = self._expiring()
        accounts = [
            Account(wallet, frames[wallet.id], rows[wallet.id], expiring[wallet.id][:NEXT_EXPIRIES])
            for wallet in self.wallets
        ]
        for account in accounts:
            if not account.adds_up:
                raise UserError(
                    self.env._(
                        "The entries of “%(wallet)s” do not add up to its balance, so no "
                        "statement was made. A club manager should run the audit.",
                        wallet=account.wallet.display_name,
                    )
                )
        return accounts

    def _midnight(self, day):
        """The moment at which ``day`` begins for the company, UTC and naive."""
        zone = pytz.timezone(zone_of(self.company))
        midnight = zone.localize(datetime.combine(day, datetime.min.time()))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    def frames(self):
        """Where the period lies in each wallet's row of entries: dict of wallet's id to `Frame`.

        By number, not by date: entries that two transactions post at midnight may be
        numbered the other way round, and the balances follow the numbers.
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT w.id, COALESCE(low.seq, 0), COALESCE(low.balance_after, 0)::text,
                       COALESCE(high.seq, 0), COALESCE(high.balance_after, 0)::text,
                       w.seq, w.balance::text, w.held::text, w.pending::text
                  FROM loyalty_club_wallet w
                  LEFT JOIN LATERAL (
                       SELECT e.seq, e.balance_after FROM loyalty_club_entry e
                        WHERE e.wallet_id = w.id AND e.date < %(start)s
                        ORDER BY e.seq DESC LIMIT 1) low ON TRUE
                  LEFT JOIN LATERAL (
                       SELECT e.seq, e.balance_after FROM loyalty_club_entry e
                        WHERE e.wallet_id = w.id AND e.date < %(end)s
                        ORDER BY e.seq DESC LIMIT 1) high ON TRUE
                 WHERE w.id IN %(wallets)s
                """,
                start=self.start,
                end=self.end,
                wallets=tuple(self.wallets.ids),
            )
        )
        return {
            wallet: Frame(first, Decimal(opening), last, Decimal(closing), seq, *map(Decimal, now))
            for wallet, first, opening, last, closing, seq, *now in self.env.cr.fetchall()
        }

    def _rows(self, frames):
        """Entries of the period, by wallet."""
        found = self._entries(frames)
        branches = self.env["loyalty.club.branch"].browse({row[7] for row in found} - {None})
        names = {branch.id: branch.name for branch in branches}
        Entry = self.env["loyalty.club.entry"]
        reasons = dict(Entry._fields["kind"]._description_selection(self.env))
        documents = Entry._document_names({row[8:10] for row in found if row[8]})
        rows = defaultdict(list)
        for wallet, seq, moment, kind, amount, balance, note, branch, *origin, expiries in found:
            row = Row(
                seq=seq,
                date=moment,
                reason=reasons[kind],
                document=documents.get(tuple(origin), ""),
                note=note or "",
                branch=names.get(branch) or "",
                amount=Decimal(amount),
                balance=Decimal(balance),
                expiries=expiries or [],
            )
            rows[wallet].append(row)
        return rows

    def _entries(self, frames):
        self.env.cr.execute(
            SQL(
                """
                SELECT e.wallet_id, e.seq, e.date, e.kind, e.amount::text,
                       e.balance_after::text, e.note, e.branch_id, e.origin_model, e.origin_id,
                       l.expiries
                  FROM unnest(%s::int[], %s::int[], %s::int[]) AS b(wallet_id, first, last)
                  JOIN loyalty_club_entry e
                    ON e.wallet_id = b.wallet_id AND e.seq > b.first AND e.seq <= b.last
                  LEFT JOIN LATERAL (
                       SELECT array_agg(DISTINCT o.expires_on ORDER BY o.expires_on) AS expiries
                         FROM loyalty_club_lot o
                        WHERE o.entry_id = e.id AND o.expires_on IS NOT NULL) l ON e.amount > 0
                 ORDER BY e.wallet_id, e.seq
                """,
                list(frames),
                [frame.first for frame in frames.values()],
                [frame.last for frame in frames.values()],
            )
        )
        return self.env.cr.fetchall()

    def _expiring(self):
        """What is left in lots that still expire, by wallet and day."""
        self.env.cr.execute(
            SQL(
                "SELECT wallet_id, expires_on, SUM(remaining)::text FROM loyalty_club_lot"
                " WHERE wallet_id IN %s AND remaining > 0 AND expires_on >= %s"
                " GROUP BY 1, 2 ORDER BY 2",
                tuple(self.wallets.ids),
                today_in(self.company),
            )
        )
        expiring = defaultdict(list)
        for wallet, day, amount in self.env.cr.fetchall():
            expiring[wallet].append((day, Decimal(amount)))
        return expiring
