"""Which earning rules give what for a sales order, and what they have given so far."""

from collections import defaultdict
from dataclasses import replace

from odoo.addons.loyalty_club.domain.earn_rules import evaluate, relevant
from odoo.addons.loyalty_club.domain.lots import ZERO
from odoo.addons.loyalty_club.domain.sale import Award

from .sale_basket import sale_of


class SaleAwards:
    """One order whose invoices changed: what its rules give for it, before and now.

    :param member: whose purchase it is.
    :param entries: loyalty.club.entry by which the order has earned so far.
    :param was: rows of what was invoiced before, as :func:`.sale_invoiced.invoiced` gives them.
    :param now: those of now.
    """

    def __init__(self, order, club, member, entries, was, now):
        self.order, self.club, self.member = order, club, member
        self.env = order.env
        self.engine = self.env["loyalty.club.earn.engine"]
        self.moment = order.date_order
        self.net = self.env["loyalty.club.earn.award"]._net_of(entries)
        self.judged = self.engine._given(self.net)
        self.rules = self._rules()
        self.used = self._used()
        self.facts = self.engine._facts(
            club, member, self._asked(now), self.moment, self._origin(order)
        )
        self.before, self.now = self._evaluate(was), self._evaluate(now)
        self.given, self.deserved = [], defaultdict(dict)

    # --- what rules give -----------------------------------------------------------------

    def kinds(self):
        """Kinds of value that rules give for the order, before or now."""
        ids = {award.kind for award in [*self.before, *self.now]}
        return self.env["loyalty.club.wallet.kind"].browse(sorted(ids))

    def sum_before(self, kind):
        """What the order deserved of ``kind`` for what it was invoiced for before."""
        return sum((award.amount for award in self.before if award.kind == kind.id), ZERO)

    def sum_now(self, kind):
        """What the order deserves of ``kind`` for what it is invoiced for now."""
        return sum((award.amount for award in self.now if award.kind == kind.id), ZERO)

    def _rules(self):
        """The rules in force when it was ordered, and those that have given something for it."""
        engine, moment = self.engine, self.moment
        again = engine._rules_again(self.club, self.judged, (), moment)
        known = {_identity(rule) for rule in again}  # of each the version that gave something
        now = engine._rules(self.club, moment)
        return [*again, *(rule for rule in now if _identity(rule) not in known)]

    def _used(self):
        """What capped rules have given the member for other purchases."""
        own = defaultdict(lambda: ZERO)
        for rows in self.net.values():
            for row in rows.values():
                own[row["rule_id"]] += row["left"]
        rule_of = {rule.version: rule.rule for rule in self.rules}
        used = self.engine._used(self.club, self.member, self.rules, self.moment)
        return {
            version: replace(
                before,
                **{
                    name: max(getattr(before, name) - own[rule_of[version]], ZERO)
                    for name in ("day", "month", "total", "rule_total")
                },
            )
            for version, before in used.items()
        }

    def _asked(self, rows):
        """Rules that hold there and then: only these ask about the member."""
        judged = [rule for rule in self.rules if rule.version in self.judged]
        return [*relevant(self.rules, self._sale(rows)), *judged]

    def _origin(self, order):
        """The invoices of the order: purchases of the journal that are no earlier ones."""
        return ("account.move", order.order_line.invoice_lines.move_id.ids)

    def _evaluate(self, rows):
        if not rows:
            return []
        sale = self._sale(rows)
        sale = sale.knowing(self.facts) if self.facts else sale
        return evaluate(self.rules, sale, self.used, judged=self.judged)

    def _sale(self, rows):
        needs = self.engine._needs(self.rules)
        clock = self.engine._clock(self.club, self.moment)
        return sale_of(self.club, self.order, rows, clock, needs)

    # --- what is noted -------------------------------------------------------------------

    def give(self, kind, amount, entry_id):
        """``amount`` of ``kind`` was booked: the rules that give more now gave it."""
        now = [award for award in self.now if award.kind == kind.id]
        base = self._base(kind)
        if self.sum_now(kind) - sum(base.values(), ZERO) != amount:
            base = self._left(kind)
        for award in now:
            part = min(award.amount - base.get(award.version, ZERO), amount)
            if part > 0:
                self.given.append((entry_id, replace(award, amount=part)))
                amount -= part

    def take_back(self, taken):
        """What was taken back of entries was given by the rules that give less now.

        :param taken: dict of loyalty.club.entry, of one kind of value, to Decimal.
        """
        now = {award.version: award for award in self.now}
        excess = {
            version: left - (now[version].amount if version in now else ZERO)
            for kind in {entry.kind_id for entry in taken}
            for version, left in self._left(kind).items()
        }
        for entry, amount in taken.items():
            kept = {version: row["left"] for version, row in self.net.get(entry.id, {}).items()}
            amount = _cut(kept, amount, excess)
            _cut(kept, amount, dict(kept))
            for version, left in kept.items():
                award = now.get(version) or Award(version, entry.kind_id.id, left, ZERO, ZERO)
                self.deserved[entry.id][version] = replace(award, amount=left)

    def note(self):
        """Keep which rules gave or lost what: one statement for each."""
        by_entry = defaultdict(list)
        for entry_id, award in self.given:
            by_entry[award.kind, entry_id].append(award)
        for (kind, entry_id), awards in by_entry.items():
            self.engine._note_awards(awards, {kind: entry_id}, self.member, self.moment)
        if self.deserved:
            net = {entry: self.net[entry] for entry in self.deserved}
            self.engine._note_left(self.club, net, self.deserved)

    def _base(self, kind):
        """What each rule gave of ``kind`` for what was invoiced before: by version."""
        return {award.version: award.amount for award in self.before if award.kind == kind.id}

    def _left(self, kind):
        """What each rule has given of ``kind`` so far, less what was taken back: by version."""
        left = defaultdict(lambda: ZERO)
        for rows in self.net.values():
            for version, row in rows.items():
                if row["kind_id"] == kind.id:
                    left[version] += row["left"]
        return left


def _identity(rule):
    """What a rule is a version of."""
    return rule.source, rule.rule, rule.tier, rule.kind


def _cut(kept, amount, most):
    """Take ``amount`` out of ``kept``, of each version at most what ``most`` says.

    :param kept: dict of version id to Decimal; it is changed, and so is ``most``.
    :returns: what could not be taken.
    """
    for version in kept:
        part = min(amount, kept[version], most.get(version, ZERO))
        if part > 0:
            kept[version] -= part
            most[version] -= part
            amount -= part
    return amount
