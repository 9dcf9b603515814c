"""The mechanics of the one door for acts; :meth:`loyalty.club.member._earn_act` is its handle."""

from decimal import Decimal
from typing import NamedTuple

from psycopg2.errors import UniqueViolation

from odoo import fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from ..clock import day_at, zone_of
from ..domain.acts import SPANS, Judgement, Tally, judge, span_start
from ..movement import Movement

ZERO = Decimal(0)


class ActDone(NamedTuple):
    """One act that somebody did.

    :param member: loyalty.club.member.
    :param key: names the act among those of its kind; the same one is rewarded once.
    :param origin: model and id of the document behind it.
    :param score: Decimal, where acts of the kind are scored.
    :param note: somebody's words.
    """

    member: models.BaseModel
    key: str
    origin: tuple[str, int] | None = None
    score: Decimal | None = None
    note: str | None = None


class ActOutcome(NamedTuple):
    """What became of an act.

    :param status: ``given``, ``repeated`` (it was rewarded before) or ``refused``.
    :param refused: for a refusal why: a key of ``loyalty.club.act.refused``, or ``unknown`` when
        the club has no such kind of act.
    :param amount: what was given, now or before.
    :param act_id: the record of it, when something was given.
    :param again: first day on which it may be tried again, where that is known.
    """

    status: str
    refused: str | None = None
    amount: Decimal = ZERO
    act_id: int | None = None
    again: object = None


class ActBatch:
    """One call of the door for acts of one kind in one club: a fixed number of statements."""

    def __init__(self, kind, done):
        self.env = kind.env
        self.kind = kind
        self.club = kind.club_id
        self.now = fields.Datetime.now()
        self.day = day_at(self.now, zone_of(self.club.company_id))
        self.done = done
        self.members = self.env["loyalty.club.member"].union(*(one.member for one in done))
        self.outcomes = {}
        self.rule_of = {}
        self.known = {}
        self.numbers = {}

    def run(self):
        """Give what is due and return the outcomes in the order asked."""
        self._answer_repeated()
        asked = {}
        for key, one in self._keyed():
            if key not in self.outcomes:
                asked.setdefault(key, one)
        verdicts = self._judge(asked) if asked else {}
        given = {key: verdict for key, verdict in verdicts.items() if not verdict.refused}
        entries = self._post(asked, given)
        self._note(asked, verdicts, entries)
        return self._answers()

    def _answers(self):
        """The outcomes in the order asked; of a key that is asked twice the first is the act."""
        found, seen = [], set()
        for key, _one in self._keyed():
            outcome = self.outcomes[key]
            if key in seen and outcome.status == "given":
                outcome = outcome._replace(status="repeated")
            seen.add(key)
            found.append(outcome)
        return found

    def _key(self, one):
        return f"{self.club.id}:{self.kind.code}:{one.key}"

    def _keyed(self):
        return [(self._key(one), one) for one in self.done]

    # --- what is known ---------------------------------------------------------------

    def _answer_repeated(self):
        """Acts that were rewarded before are answered as they were then, to the same member."""
        self.env["loyalty.club.act"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT key, id, member_id, amount::text FROM loyalty_club_act"
                " WHERE refused IS NULL AND key = ANY(%s)",
                [key for key, _one in self._keyed()],
            )
        )
        known = {key: rest for key, *rest in rows}
        for key, one in self._keyed():
            if key in known:
                act, member, amount = known[key]
                own = member == one.member.id
                self.outcomes[key] = ActOutcome(
                    "repeated", amount=Decimal(amount) if own else ZERO, act_id=act if own else None
                )

    def _tallies(self, members):
        """How often each member was given something; by one query.

        :returns: dict of member id to (last number, :class:`Tally`, points in the year).
        """
        calendar = self.club.act_calendar
        starts = {span: span_start(span, self.day, calendar) for span in SPANS}
        counts = SQL(", ").join(
            SQL("COUNT(*) FILTER (WHERE kind_id = %s AND day >= %s)", self.kind.id, starts[span])
            for span in SPANS
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT member_id, MAX(seq), MAX(day) FILTER (WHERE kind_id = %(kind)s),"
                " (COALESCE(SUM(amount) FILTER (WHERE day >= %(year)s AND rule_id IS NOT NULL"
                " AND wallet_kind_id = %(points)s), 0))::text, %(counts)s"
                " FROM loyalty_club_act WHERE member_id = ANY(%(members)s) AND refused IS NULL"
                " GROUP BY member_id",
                kind=self.kind.id,
                year=starts["year"],
                points=self.club.points_kind_id.id,
                counts=counts,
                members=members.ids,
            )
        )
        return {
            member: (last, Tally(dict(zip(SPANS, times, strict=True)), day), Decimal(year))
            for member, last, day, year, *times in rows
        }

    # --- what is due -----------------------------------------------------------------

    def _judge(self, asked):
        """What each act brings: dict of key to :class:`Judgement`."""
        rules = self.env["loyalty.club.act.rule"]._in_force(self.kind, self.day)
        self.rule_of = rules._for_members(self.members)
        self.known = self._tallies(self.members)
        return {key: self._judge_one(key, one) for key, one in asked.items()}

    def _judge_one(self, key, one):
        rule = self.rule_of.get((one.member.id, self.kind.id))
        if not rule or one.member.state != "active":
            return Judgement(refused="inactive" if rule else "rule")
        last, tally, year = self.known.get(one.member.id) or (0, Tally(), ZERO)
        verdict = judge(
            rule._terms(),
            tally,
            self.day,
            self.club.act_calendar,
            one.score,
            self._room(rule, year),
        )
        if not verdict.refused:
            self.numbers[key] = last + 1
            tally.count(self.day)
            if rule.wallet_kind_id == self.club.points_kind_id:
                year += verdict.amount
            self.known[one.member.id] = (last + 1, tally, year)
        return verdict

    def _room(self, rule, year):
        """How much of the club's limit a year is left for a member who had ``year`` of it."""
        limit = Decimal(str(self.club.act_year_points))
        if not limit or rule.wallet_kind_id != self.club.points_kind_id:
            return None
        return max(limit - year, ZERO)

    # --- what is done ----------------------------------------------------------------

    def _post(self, asked, given):
        """Book what is given; one call of the ledger's door.

        :returns: dict of key to the id of its entry; refused ones are missing.
        """
        if not given:
            return {}
        wallets = self._wallets(asked, given)
        outcomes = self.env["loyalty.club.wallet"]._post(
            [
                Movement(
                    wallet_id=wallets[key].id,
                    amount=verdict.amount,
                    kind="bonus",
                    key=f"act:{key}",
                    origin=asked[key].origin or (asked[key].member._name, asked[key].member.id),
                    branch_id=asked[key].member.branch_id.id or None,
                    expires_on=self._rule(asked[key])._expires_on(self.day),
                    note=self.kind.name,
                )
                for key, verdict in given.items()
            ]
        )
        return {
            key: outcome.entry_id
            for key, outcome in zip(given, outcomes, strict=True)
            if outcome.ok
        }

    def _wallets(self, asked, given):
        """The wallet into which each act pays: dict of key to loyalty.club.wallet."""
        by_kind = {}
        for key in given:
            kind = self._rule(asked[key]).wallet_kind_id
            by_kind.setdefault(kind, []).append(key)
        found = {}
        for kind, keys in by_kind.items():
            members = self.members.browse({asked[key].member.id for key in keys})
            try:
                wallets = kind._wallets_of(members)
            except UniqueViolation as error:
                raise ConcurrencyError("another act opened the same wallet") from error
            self.env["loyalty.card"]._club_create_for(kind, wallets.values())
            found |= {key: wallets[asked[key].member.id] for key in keys}
        return found

    def _rule(self, one):
        return self.rule_of.get((one.member.id, self.kind.id))

    def _note(self, asked, verdicts, entries):
        """Keep what was done, by one statement.

        :raises ConcurrencyError: when another transaction gave something to the same member at
            the same moment; the request is then tried again and counts what that one gave.
        """
        if not verdicts:
            return
        rows = [self._row(key, asked[key], verdicts[key], entries) for key in verdicts]
        columns = [
            ("key", "text"), ("member_id", "int"), ("rule_id", "int"), ("seq", "int"),
            ("score", "numeric"), ("wallet_kind_id", "int"), ("amount", "numeric"),
            ("cut", "numeric"), ("refused", "text"), ("entry_id", "int"),
            ("origin_model", "text"), ("origin_id", "int"), ("note", "text"),
        ]  # fmt: skip
        names = SQL(", ").join(SQL.identifier(name) for name, _type in columns)
        inserted = self.env.execute_query(
            SQL(
                "INSERT INTO loyalty_club_act"
                " (kind_id, club_id, company_id, date, day, user_id, %(names)s)"
                " SELECT %(kind)s, %(club)s, %(company)s, %(now)s, %(day)s, %(user)s, %(names)s"
                "   FROM unnest(%(arrays)s) AS told (%(names)s)"
                " ON CONFLICT DO NOTHING RETURNING key, id, refused",
                names=names,
                kind=self.kind.id,
                club=self.club.id,
                company=self.club.company_id.id,
                now=self.now,
                day=self.day,
                user=self.env.uid,
                arrays=SQL(", ").join(
                    SQL("%s::%s[]", [row[name] for row in rows], SQL(type_))
                    for name, type_ in columns
                ),
            )
        )
        acts = {key: act for key, act, refused in inserted if not refused}
        if len(acts) < len(entries):
            raise ConcurrencyError("another act of this member was rewarded at the same moment")
        self.members.invalidate_recordset(["act_ids"])
        for key, verdict in verdicts.items():
            refused = verdict.refused or (None if key in entries else "ledger")
            self.outcomes[key] = (
                ActOutcome("refused", refused, again=verdict.again)
                if refused
                else ActOutcome("given", None, verdict.amount, acts[key])
            )

    def _row(self, key, one, verdict, entries):
        rule = self._rule(one)
        entry = entries.get(key)
        origin = one.origin or (None, None)
        return {
            "key": key,
            "member_id": one.member.id,
            "rule_id": rule.id if rule else None,
            "seq": self.numbers[key] if entry else None,
            "score": one.score,
            "wallet_kind_id": rule.wallet_kind_id.id if entry else None,
            "amount": verdict.amount if entry else ZERO,
            "cut": verdict.cut if entry else ZERO,
            "refused": None if entry else verdict.refused or "ledger",
            "entry_id": entry,
            "origin_model": origin[0],
            "origin_id": origin[1],
            "note": one.note,
        }
