"""Carrying a what-if out: the members of a club in steps, each in a transaction of its own."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..clock import end_of, zone_of
from ..domain.earn_rule import ABOUT_SALE
from ..domain.earn_rules import compile_rule
from ..domain.earn_spec import plain
from ..domain.replay_rules import RuleSet
from .replay_history import ReplayHistory
from .replay_judge import ReplayJudge

_STEP = 20_000  # purchases that one step judges, about
SIDES = ("before", "after")
# What a rule that somebody wrote may raise; anything else is a defect.
RULE_ERRORS = (UserError, ValueError, TypeError, KeyError, ArithmeticError)


class LoyaltyClubReplay(models.Model):
    _inherit = "loyalty.club.replay"

    # === BUSINESS METHODS - THE QUESTION === #

    def _specs(self):
        """What counts on either side: dict of side to dict of version to spec.

        Rules that are tried get numbers above those of all versions: they would be the latest.
        """
        self.ensure_one()
        now = fields.Datetime.now()
        versions = self.env["loyalty.club.earn.version"]._specs(self.club_id.id)
        before = {
            version: spec
            for version, since, until, spec in versions
            if since <= now and (not until or until > now)
        }
        left_out = set((self.without_ids | self.rule_ids.replaces_id | self.rule_ids).ids)
        after = {
            version: spec
            for version, spec in before.items()
            if spec["source"] != "rule" or spec["rule"] not in left_out
        }
        number = max(before, default=0)
        for version, spec in list(after.items()):
            terms = self._terms(spec)
            if terms != spec:
                number += 1
                del after[version]
                after[number] = terms
        for rule in self.rule_ids:
            number += 1
            after[number] = self._tried(rule._spec())
        return {"before": before, "after": after}

    def _terms(self, spec):
        """The club's basic terms as they are tried; anything else as it is."""
        if spec["source"] != "basic":
            return spec
        params = {
            "points": plain(self.earn_points),
            "per_amount": plain(self.earn_per_amount),
        }
        return dict(spec, params=params, rounding=self.earn_rounding)

    def _tried(self, spec):
        if not self.ignore_dates:
            return spec
        return dict(spec, when={**spec["when"], "from": None, "until": None})

    def _check_rules(self, specs):
        """Refuse what cannot be judged, before anything is.

        :raises UserError: naming the rule.
        """
        self.rule_ids._check_ready()
        names = self.rule_ids.grouped("id")
        for version, spec in specs["after"].items():
            try:
                compile_rule(version, spec)
            except RULE_ERRORS as error:
                rule = names.get(spec["rule"])
                raise UserError(
                    self.env._(
                        "“%(rule)s” cannot be tried: %(reason)s",
                        rule=rule.name if rule else self.club_id.name,
                        reason=error,
                    )
                ) from error

    # === BUSINESS METHODS - STEP BY STEP === #

    def _start(self):
        """Begin: note the question as it is now, and cut the members into steps."""
        self.ensure_one()
        self._forget()
        specs = self._specs()
        self._check_rules(specs)
        plan = self._steps()
        self.write(
            {
                "state": "running",
                "plan": [upper for upper, _count in plan],
                "total_count": sum(count for _upper, count in plan),
                "carried": {"specs": specs, "given": {}, "totals": {}, "sums": {}},
                "started_on": fields.Datetime.now(),
            }
        )
        if plan:
            self.env.ref("loyalty_club.cron_replay")._trigger()
        else:
            self._finish()

    def _period(self):
        """The moments (naive, UTC) at which the first day begins and the last one is over."""
        company = self.company_id
        first = end_of(company, self.date_from - timedelta(days=1))
        return first, end_of(company, self.date_until)

    def _steps(self):
        """Highest id of the members of each step, and how many rows of the journal it has."""
        start, end = self._period()
        self.env["loyalty.club.purchase"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT MAX(member_id), SUM(rows)::int
                  FROM (SELECT member_id, COUNT(*) AS rows,
                               (SUM(COUNT(*)) OVER (ORDER BY member_id) - 1)::bigint / %s AS step
                          FROM loyalty_club_purchase
                         WHERE club_id = %s AND member_id IS NOT NULL
                           AND date >= %s AND date < %s
                         GROUP BY member_id) AS members
                 GROUP BY step ORDER BY 1
                """,
                _STEP,
                self.club_id.id,
                start,
                end,
            )
        )
        return self.env.cr.fetchall()

    @api.model
    def _cron_run(self):
        """Go on with what-ifs whose forms nobody has open, a step per transaction."""
        Cron = self.env["ir.cron"]
        for replay in self.search([("state", "=", "running")], order="id"):
            while replay.state == "running" and replay.try_lock_for_update():
                before = replay.done_count
                replay._step()
                running = replay.state == "running"
                if Cron._commit_progress(replay.done_count - before, remaining=running) <= 0:
                    return
                replay.invalidate_recordset()

    def _step(self):
        """Judge the members of the next step; a rule that fails ends the whole."""
        self.ensure_one()
        low = self.plan[self.step - 1] if self.step else 0
        try:
            with self.env.cr.savepoint():
                self._judge_members(low, self.plan[self.step])
        except RULE_ERRORS as error:
            self.write({"state": "failed", "error": str(error)})
            return
        if self.step >= len(self.plan):
            self._finish()

    def _judge_members(self, low, high):
        for name in ("loyalty.club.purchase", "loyalty.club.member", "res.partner", "pos.order"):
            self.env[name].flush_model()
        carried = self.carried
        rule_sets = {side: self._rule_set(side) for side in SIDES}
        rules = [rule for rule_set in rule_sets.values() for rule in rule_set.rules.values()]
        history = ReplayHistory(
            self.club_id,
            self._period(),
            zone_of(self.company_id),
            frozenset().union(*(rule.needs for rule in rules)),
            any(map(_asks_goods, rules)),
        )
        judge = ReplayJudge(self, rule_sets, history)
        done = judge.run(low, high)
        self._store(judge.results)
        carried["totals"] = {
            side: {str(version): str(total) for version, total in rule_set.rule_totals.items()}
            for side, rule_set in rule_sets.items()
        }
        carried["given"] = _added(carried["given"], judge.given)
        carried["sums"] = _added(carried["sums"], judge.sums)
        self.write(
            {"carried": carried, "step": self.step + 1, "done_count": self.done_count + done}
        )

    def _rule_set(self, side):
        specs = {int(version): spec for version, spec in self.carried["specs"][side].items()}
        totals = self.carried["totals"].get(side, {})
        return RuleSet(
            specs,
            {version: compile_rule(version, spec) for version, spec in specs.items()},
            {int(version): Decimal(total) for version, total in totals.items()},
            jalali=self.club_id.company_id.country_id.code == "IR",
        )

    def _forget(self):
        """Throw away what was found; the question stays."""
        for table in ("loyalty_club_replay_result", "loyalty_club_replay_line"):
            self.env.cr.execute(
                SQL("DELETE FROM %s WHERE replay_id = ANY(%s)", SQL.identifier(table), self.ids)
            )
        names = [*self._figures(), "plan", "step", "done_count", "total_count", "carried"]
        names += ["started_on", "finished_on", "error"]
        self.invalidate_recordset()
        self.write({"state": "draft", **dict.fromkeys(names, False)})


def _asks_goods(rule):
    """Whether a rule asks about the goods, how they were paid, or whether a card was shown."""
    return not rule.needs.isdisjoint(ABOUT_SALE)


def _added(old, new):
    """Sums of numbers, kept as text, by their names."""
    found = Counter(new)
    for name, text in old.items():
        found[name] += Decimal(text)
    return {str(name): str(amount) for name, amount in found.items()}
