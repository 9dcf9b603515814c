"""Between the records of a sale and the rules of :mod:`..domain.earn_rules`.

Whoever sells (a till, an order, a page that tells what a basket would bring) says what was bought;
here the rules in force are found, what they ask about the member is read by one statement, and
what they give becomes movements of the ledger.
"""

import logging
from dataclasses import replace

from odoo import api, models
from odoo.tools import ormcache

from ..clock import clock_at, zone_of
from ..domain.earn_rule import ABOUT_MEMBER
from ..domain.earn_rules import compile_rule, evaluate, relevant
from ..domain.lots import ZERO
from ..domain.sale import Award
from ..movement import Movement

_logger = logging.getLogger(__name__)


class LoyaltyClubEarnEngine(models.AbstractModel):
    """What purchases earn by the club's rules: an engine without records of its own."""

    _name = "loyalty.club.earn.engine"
    _description = "Earning Engine"

    # === RULES === #

    @api.model
    @ormcache("club_id")
    def _compiled(self, club_id):
        """Every version that ever counted in a club, ready to be asked.

        :returns: tuple of (valid_from, valid_until or None, :class:`~..domain.earn_rule.Rule`).
        """
        specs = self.env["loyalty.club.earn.version"]._specs(club_id)
        return tuple(
            (valid_from, valid_until, rule)
            for version, valid_from, valid_until, spec in specs
            if (rule := self._compile(version, spec))
        )

    @api.model
    def _compile(self, version, spec):
        """A version's rule, or None: a sale goes on with what all the others give.

        Versions are checked when they are saved; perhaps the file with the type was removed since.
        """
        try:
            return compile_rule(version, spec)
        except (ValueError, ArithmeticError, KeyError, TypeError):
            _logger.exception("version %s of an earning rule cannot be read", version)
            return None

    @api.model
    def _rules(self, club, moment):
        """The rules of ``club`` in force at ``moment`` (UTC)."""
        return [
            rule
            for valid_from, valid_until, rule in self._compiled(club.id)
            if valid_from <= moment and (not valid_until or moment < valid_until)
        ]

    @api.model
    def _needs(self, rules):
        """What has to be read of a sale for ``rules``: see ``domain.earn_rule.ABOUT_SALE``."""
        return frozenset().union(*(rule.needs for rule in rules))

    @api.model
    def _clock(self, club, moment):
        """What the clock of the club's company shows at ``moment`` (UTC)."""
        return clock_at(moment, zone_of(club.company_id))

    # === A SALE === #

    @api.model
    def _earned(self, club, member, sale, moment, origin=None):
        """What ``sale`` earns an active member.

        :param sale: :class:`~..domain.sale.Sale` without facts of the member; its lines tell what
            :meth:`_needs` of :meth:`_rules` names.
        :param moment: when it was sold, in UTC.
        :param origin: model and id of the document, where the journal has the purchase already.
        :returns: list of :class:`~..domain.sale.Award`, in the order of the rules.
        """
        rules = relevant(self._rules(club, moment), sale)
        facts = self._facts(club, member, rules, moment, origin)
        if facts:
            sale = sale.knowing(facts)
        return evaluate(rules, sale, self._used(club, member, rules, moment))

    @api.model
    def _facts(self, club, member, rules, moment, origin=None):
        """What ``rules`` ask about ``member``, by one statement; None if they ask nothing.

        :returns: :class:`~..domain.sale.MemberFacts` or None.
        """
        needs = self._needs(rules) & ABOUT_MEMBER
        if not needs:
            return None
        return self.env["loyalty.club.earn.facts"]._read_facts(
            member, needs, moment, zone_of(club.company_id), origin
        )

    @api.model
    def _used(self, club, member, rules, moment):
        """What capped rules gave ``member`` before, by one statement; none if no rule has caps.

        :returns: dict of version id to :class:`~..domain.sale.Used`.
        """
        capped = [rule for rule in rules if rule.rule and rule.caps.keys() - {"sale"}]
        if not capped:
            return {}
        return self.env["loyalty.club.earn.facts"]._read_used(
            member, capped, moment, zone_of(club.company_id)
        )

    # === THE LEDGER === #

    @api.model
    def _movements(self, awards, member, common, key, purses=None):
        """Movements that give ``member`` what was awarded: one for each kind of value.

        :param common: origin, branch and note of the movements.
        :param key: start of the idempotency keys.
        :param purses: the member's wallets, where they were read already.
        """
        sums = {}
        for award in awards:
            sums[award.kind] = sums.get(award.kind, ZERO) + award.amount
        movements = []
        kinds = self.env["loyalty.club.wallet.kind"].browse(sums)
        for kind in kinds:  # a club has few kinds of value
            wallet = purses and purses.filtered(lambda purse, k=kind: purse.kind_id == k)
            wallet = wallet or kind._wallets_of(member)[member.id]
            if kind.type != "points":  # cashback: the till sees it through a card
                self.env["loyalty.card"]._club_create_for(kind, wallet)
            movements.append(
                Movement(
                    wallet_id=wallet.id,
                    amount=sums[kind.id],
                    kind="earn",
                    key=f"{key}:earn:{wallet.id}",
                    **common,
                )
            )
        return movements

    @api.model
    def _entries_of(self, awards, outcomes):
        """Where the ledger booked what was awarded.

        :param outcomes: what the ledger answered to :meth:`_movements` of ``awards``, in order.
        :returns: dict of id of a kind of value to id of the entry.
        """
        kinds = dict.fromkeys(award.kind for award in awards)
        return {
            kind: outcome.entry_id
            for kind, outcome in zip(kinds, outcomes, strict=True)
            if outcome.entry_id
        }

    @api.model
    def _note_awards(self, awards, entries, member, moment):
        """Note which rules gave what was booked, by one statement.

        :param entries: dict of id of a kind of value to id of the entry.
        :param moment: when it was sold, in UTC: the day for which caps count it.
        """
        if not awards:
            return
        common = {
            "member_id": member.id,
            "club_id": member.club_id.id,
            "company_id": member.company_id.id,
            "date": moment,
        }
        self.env["loyalty.club.earn.award"]._insert(
            [
                self._award_row(member.club_id, award)
                | common
                | {"entry_id": entries[award.kind], "amount": award.amount}
                for award in awards
                if award.amount and award.kind in entries
            ]
        )

    @api.model
    def _note_left(self, club, net, deserved):
        """Note what goods that came back took away from each rule, by one statement.

        :param net: as ``loyalty.club.earn.award._net_of`` gives it.
        :param deserved: as :meth:`_deserved` gives it.
        """
        rows = []
        for entry, awards in deserved.items():
            common = next(iter(net[entry].values()))
            common = {name: common[name] for name in ("member_id", "club_id", "company_id", "date")}
            for version in [*net[entry], *(awards.keys() - net[entry].keys())]:
                award, before = awards.get(version), net[entry].get(version)
                change = (award.amount if award else ZERO) - (before["left"] if before else ZERO)
                if change:
                    row = self._award_row(club, award) if award else {}
                    row |= {name: before[name] for name in ("kind_id", "rule_id")} if before else {}
                    row |= {"entry_id": entry, "version_id": version, "amount": change}
                    rows.append(common | row)
        self.env["loyalty.club.earn.award"]._insert(rows)

    @api.model
    def _award_row(self, club, award):
        """The columns that tell what a rule gave and how it was worked out."""
        rules = self._rule_ids(club.id)
        return {
            "version_id": award.version,
            "rule_id": rules.get(award.version),
            "kind_id": award.kind,
            "base": award.base,
            "quantity": award.quantity,
            "exact": award.exact,
            "capped": award.capped,
        }

    @api.model
    @ormcache("club_id")
    def _rule_ids(self, club_id):
        """The id of the record behind each version, where it is a rule's."""
        return {rule.version: rule.rule for _from, _until, rule in self._compiled(club_id)}

    # === RETURNS === #

    @api.model
    def _deserved(self, club, member, net, sale, moment):
        """What is deserved for what was kept of a sale, by the rules that gave something for it.

        They held for the person, the time and the place; only the goods are asked about again.
        No rule gives more than it did at the sale, whatever its caps left then. The basic terms
        of the day come in again where what replaced them no longer holds.

        :param net: as ``loyalty.club.earn.award._net_of`` gives it, for the entries of one sale:
            one for each kind of value.
        :param sale: what was kept, as :meth:`_earned` wants it.
        :param moment: when it was sold, in UTC.
        :returns: dict of entry id to dict of version id to :class:`~..domain.sale.Award`.
        """
        entries = {row["kind_id"]: entry for entry, rows in net.items() for row in rows.values()}
        given = self._given(net)
        rules = self._rules_again(club, given, entries, moment)
        asked = frozenset().union(*(rule.type.needs for rule in rules)) & ABOUT_MEMBER
        if asked:
            Facts = self.env["loyalty.club.earn.facts"]
            zone = zone_of(club.company_id)
            sale = sale.knowing(Facts._read_facts(member, asked, moment, zone))
        left = {entry: sum(row["given"] for row in rows.values()) for entry, rows in net.items()}
        deserved = {entry: {} for entry in net}
        more = {}
        capped = {rule.version for rule in rules if rule.caps}
        judged = {rule.version for rule in rules if rule.version in given or rule.is_basic}
        for award in evaluate(rules, sale, {}, judged=judged):
            entry = entries[award.kind]
            most = ZERO if award.version in capped else award.amount  # where it gave nothing
            amount = min(award.amount, given.get(award.version, most), left[entry])
            left[entry] -= amount
            deserved[entry][award.version] = replace(award, amount=amount)
            more[award.version] = award.amount - amount
        for rule in rules:
            if rule.is_basic and more.get(rule.version):
                entry = entries[rule.kind]
                self._leave_to_methods(rules, deserved[entry], net[entry], more[rule.version])
        return deserved

    @api.model
    def _leave_to_methods(self, rules, deserved, net, amount):
        """Goods whose own method of earning no longer holds keep what the basic terms give for
        them, out of what the method gave: ``amount`` at most."""
        for rule in rules:
            if rule.stacking != "replaces_basic" or rule.version in deserved:
                continue
            part = min(amount, net[rule.version]["left"] if rule.version in net else ZERO)
            if part > 0:
                deserved[rule.version] = Award(rule.version, rule.kind, part, part, ZERO)
                amount -= part

    @api.model
    def _given(self, net):
        """What each version gave at first: dict of its id to Decimal."""
        return {version: row["given"] for rows in net.values() for version, row in rows.items()}

    @api.model
    def _rules_again(self, club, given, kinds, moment):
        """The rules that gave something for a sale, and the basic terms of its day where they
        gave nothing, because others took their place; those others as well, where they may have
        given nothing and hold for everybody.

        :param given: version ids.
        :param kinds: ids of the kinds of value that they gave.
        """
        compiled = self._compiled(club.id)
        rules = [rule for _from, _until, rule in compiled if rule.version in given]
        known = {rule.version for rule in rules}
        # Terms that were changed in the very second of a sale never counted by their dates.
        lost = self.env["loyalty.club.earn.version"].browse(given.keys() - known)
        rules += [rule for one in lost if (rule := self._compile(one.id, one.spec))]
        basic = {rule.kind for rule in rules if rule.is_basic}
        return rules + [
            rule
            for rule in self._rules(club, moment)
            if rule.kind in kinds
            and rule.version not in known
            and (rule.kind not in basic if rule.is_basic else _is_method_of_everybody(rule))
        ]


def _is_method_of_everybody(rule):
    """Whether a rule takes the place of the basic terms, whoever buys."""
    return rule.stacking == "replaces_basic" and not (rule.needs_member or rule.where.card)
