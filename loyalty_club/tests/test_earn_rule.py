"""Earning rules as records: what they mean, what they may not say, who puts them into force."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..domain.earn_rule import compile_rule
from ..domain.earn_spec import new_spec
from ..domain.sale_facts import FACTS
from .earn_rule_common import EarnRuleCommon


@tagged("post_install", "-at_install")
class TestEarnRule(EarnRuleCommon):
    """A rule and what becomes of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.drinks = cls.env["product.category"].create({"name": "Drinks"})
        cls.friends = cls.env["loyalty.club.segment"].create(
            {"name": "Friends", "club_id": cls.club.id, "kind": "manual", "domain": False}
        )
        cls.cashback = cls.new_kind("cashback")

    def versions(self, rule):
        return rule.version_ids.sorted("number")

    def said(self, rule):
        spaces = dict.fromkeys(map(ord, "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"), " ")
        return rule.sentence.translate(spaces)

    # --- what it says ----------------------------------------------------------------------

    def test_rule_that_says_nothing_more_restricts_nothing(self):
        rule = self.rule()

        self.assertEqual(
            rule._spec(),
            new_spec(
                source="rule",
                rule=rule.id,
                kind=self.club.points_kind_id.id,
                sequence=10,
                type="per_visit",
                params={"points": "5"},
            ),
        )

    def test_every_field_reaches_the_spec(self):
        """Each field that a person sets changes what the rule says, so none is forgotten."""
        rule = self.rule(type="per_amount")
        plain = rule._spec()
        others = {
            "type": "per_unit", "points": 7, "per_amount": 33, "base": "paid", "rounding": "up",
            "step": 2, "member_kind": "company", "minimum_amount": 5, "minimum_quantity": 2,
            "sequence": 3, "card_shown": True, "date_from": "2026-01-01",
            "date_until": "2030-01-01", "hour_from": 8, "hour_until": 20, "nth": 2, "every_nth": 3,
            "within_days": 20, "away_days": 9, "streak_count": 3,
            "condition": "[('amount', '>', 5)]", "cap_sale": 50, "cap_member_day": 60,
            "cap_member_month": 70, "cap_member_total": 80, "cap_rule_total": 90,
            "stacking": "exclusive", "group": "weekend",
            **{f"channel_{name}": True for name in ("pos", "sale", "website")},
            **{f"on_{name}": True for name in (
                "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
            )},
            **{
                name: [Command.set(records.ids)]
                for name, records in (
                    ("segment_ids", self.friends), ("not_segment_ids", self.friends),
                    ("product_tmpl_ids", self.tea.product_tmpl_id),
                    ("not_product_tmpl_ids", self.tea.product_tmpl_id),
                    ("category_ids", self.drinks), ("not_category_ids", self.drinks),
                    ("branch_ids", self.branch), ("payment_method_ids", self.bank_method),
                    ("wallet_kind_ids", self.cashback),
                )
            },
        }  # fmt: skip
        for name, value in others.items():
            with self.subTest(field=name), self.env.cr.savepoint() as savepoint:
                rule.write({name: value})
                self.assertNotEqual(rule._spec(), plain)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_spec_is_a_rule_for_the_engine(self):
        rule = self.rule(
            tag_ids=[Command.create({"name": "Green"})],
            streak_count=2,
            condition="['|', ('amount', '>', 5), ('card_shown', '=', True)]",
        )

        compiled = compile_rule(1, rule._spec())

        self.assertEqual(compiled.what.tags, frozenset(rule.tag_ids.ids))
        self.assertEqual(compiled.when.streak.count, 2)
        self.assertIsNotNone(compiled.condition)

    def test_archived_goods_still_restrict_the_rule(self):
        """A rule for one product never becomes one for all because the product is archived."""
        rule = self.active(product_tmpl_ids=[Command.set(self.tea.product_tmpl_id.ids)])

        self.tea.product_tmpl_id.active = False

        self.assertEqual(rule._spec()["what"]["products"], self.tea.product_tmpl_id.ids)
        self.assertIn("Tea", rule.warning)

    def test_facts_are_those_that_the_engine_knows(self):
        fields_ = self.env["loyalty.club.sale.facts"]._fields
        forms = {
            "number": {"integer", "float"}, "text": {"selection"}, "flag": {"boolean"},
            "date": {"date"}, "one": {"many2one"}, "many": {"many2many"},
        }  # fmt: skip

        self.assertEqual(
            {name for name in fields_ if name not in ("id", "display_name")}, set(FACTS)
        )
        for name, fact in FACTS.items():
            with self.subTest(fact=name):
                self.assertIn(fields_[name].type, forms[fact.form])

    def test_weeks_and_months_in_a_row_are_those_of_the_country(self):
        rule = self.rule(streak_count=2, streak_unit="month")
        self.assertNotIn("calendar", rule._spec()["when"]["streak"])

        self.company.country_id = self.env.ref("base.ir")

        self.assertEqual(rule._spec()["when"]["streak"]["calendar"], "jalali")
        rule.streak_unit = "week"
        self.assertEqual(rule._spec()["when"]["streak"]["week_start"], 5)

    # --- how it is read aloud --------------------------------------------------------------

    def test_sentence_says_it_all(self):
        rule = self.rule(
            type="per_amount",
            points=2,
            per_amount=10,
            category_ids=[Command.set(self.drinks.ids)],
            not_product_tmpl_ids=[Command.set(self.tea.product_tmpl_id.ids)],
            segment_ids=[Command.set(self.friends.ids)],
            branch_ids=[Command.set(self.branch.ids)],
            channel_pos=True,
            on_friday=True,
            hour_from=8,
            hour_until=12,
            every_nth=5,
            minimum_amount=20,
            cap_sale=50,
            cap_member_month=200,
            stacking="replaces_basic",
            condition="['|', ('card_shown', '=', True), ('amount', '>=', 100)]",
        )

        self.assertEqual(
            self.said(rule),
            "2 points for each $ 10.00 of the purchase. For goods of the category “Drinks”. "
            "Not for “Tea”. For $ 20.00 or more. For members of the segment “Friends”. "
            "At “Test Shop”. Bought at the till. On Friday. Between 8:00 AM and 12:00 PM. "
            "Once in every 5 purchases of a member. "
            "Only if Membership card shown or Amount of the purchase is at least 100. "
            "At most 50 points for a purchase and 200 points for a member in a month. "
            "Instead of the club's basic terms. Rounded down.",
        )

    def test_each_type_has_words_of_its_own(self):
        money = {"kind_id": self.cashback.id}
        for values, begins in (
            ({"type": "per_unit", "points": 3}, "3 points for each unit."),
            ({"type": "per_visit", "points": 3}, "3 points for a purchase."),
            ({"type": "percent", "percent": 5, **money}, "5% of the amount, as “cashback”."),
            ({"type": "multiplier", "factor": 2}, "2 times the club's basic points."),
            (
                {"type": "per_variety", "variety_points": 4, "variety_beyond": 2},
                "4 points for each different product beyond the first 2.",
            ),
        ):
            with self.subTest(type=values["type"]):
                self.assertTrue(self.said(self.rule(**values)).startswith(begins))

    def test_sentence_is_heard_while_the_rule_is_being_written(self):
        with Form(self.env["loyalty.club.earn.rule"].with_user(self.marketer)) as form:
            form.name = "Friday"
            form.club_id = self.club
            form.type = "per_visit"
            form.points = 9
            self.assertIn("9 points for a purchase.", form.sentence)
            form.on_friday = True
            self.assertIn("On Friday.", form.sentence)

    def test_sentences_of_many_rules_cost_as_much_as_of_one(self):
        rules = self.env["loyalty.club.earn.rule"]
        for number in range(6):
            rules |= self.rule(
                name=str(number),
                segment_ids=[Command.set(self.friends.ids)],
                product_tmpl_ids=[Command.set(self.tea.product_tmpl_id.ids)],
            )
        specs = [rule._spec() for rule in rules]
        Sentence = self.env["loyalty.club.earn.sentence"]

        def queries(some):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Sentence._sentences(some)
            return self.env.cr.sql_log_count - before

        queries(specs[:1])
        self.assertEqual(queries(specs), queries(specs[:1]))

    # --- coming into force -----------------------------------------------------------------

    def test_draft_counts_nothing(self):
        self.assertFalse(self.rule().version_ids)

    def test_rule_in_force_has_a_version(self):
        rule = self.rule()

        rule.with_user(self.manager).action_activate()

        self.assertEqual(rule.state, "active")
        self.assertEqual(rule.version_ids.spec, rule._spec())
        self.assertEqual(rule.version_ids.user_id, self.manager)

    def test_each_change_of_what_it_says_is_a_version(self):
        rule = self.active()

        rule.points = 6
        rule.name = "A better name"

        self.assertEqual(
            [version.spec["params"]["points"] for version in self.versions(rule)], ["5", "6"]
        )

    def test_change_can_be_planned(self):
        rule = self.active()
        later = fields.Datetime.now() + timedelta(days=7)

        rule.write({"points": 6, "effective_from": later})

        now, planned = self.versions(rule)
        self.assertEqual((now.valid_until, planned.valid_from), (later, later))
        self.assertIn("5 points for a purchase.", rule.plan)

    def test_stopped_rule_ends_and_can_come_back(self):
        rule = self.active()

        rule.with_user(self.manager).action_stop()
        self.assertEqual(rule.state, "stopped")
        self.assertTrue(rule.version_ids.valid_until)

        rule.with_user(self.manager).action_activate()
        self.assertFalse(self.versions(rule)[-1].valid_until)

    def test_draft_of_a_change_takes_the_place_of_the_rule(self):
        rule = self.active()
        action = rule.with_user(self.marketer).action_new_draft()
        draft = self.env["loyalty.club.earn.rule"].browse(action["res_id"])
        self.assertEqual((draft.state, draft.replaces_id), ("draft", rule))
        draft.with_user(self.marketer).points = 8

        draft.with_user(self.manager).action_activate()

        self.assertEqual((rule.state, draft.state), ("stopped", "active"))
        self.assertEqual(rule.version_ids.valid_until, draft.version_ids.valid_from)

    def test_rule_that_counted_is_kept(self):
        rule = self.active()
        rule.action_stop()

        with self.assertRaises(UserError):
            rule.with_user(self.manager).unlink()
        self.rule().with_user(self.marketer).unlink()

    # --- who may ---------------------------------------------------------------------------

    def test_marketers_write_drafts_and_managers_put_them_into_force(self):
        draft = self.rule().with_user(self.marketer)
        draft.points = 4

        with self.assertRaises(AccessError):
            draft.action_activate()
        draft.sudo().action_activate()
        for act in (lambda: draft.write({"points": 3}), draft.action_stop):
            with self.assertRaises(AccessError):
                act()

    def test_nobody_edits_a_rule_into_force(self):
        with self.assertRaises(UserError):
            self.rule().with_user(self.manager).state = "active"
        with self.assertRaises(UserError):
            self.env["loyalty.club.earn.rule"].with_user(self.manager).create(
                {"name": "Sly", "club_id": self.club.id, "state": "active"}
            )

    def test_form_of_a_rule_in_force_is_for_managers(self):
        rule = self.active()

        self.assertFalse(rule.with_user(self.marketer).can_edit)
        self.assertTrue(rule.with_user(self.manager).can_edit)
        with self.assertRaises(AssertionError), Form(rule.with_user(self.marketer)) as form:
            form.points = 9

    # --- added types -----------------------------------------------------------------------

    def test_fields_of_an_added_type_stand_in_the_form(self):
        arch = self.env["loyalty.club.earn.rule"].get_view(False, "form")["arch"]

        self.assertIn('name="variety_points"', arch)
        with Form(self.env["loyalty.club.earn.rule"]) as form:
            form.name = "Breadth"
            form.club_id = self.club
            form.type = "per_variety"
            form.variety_points = 4
        self.assertEqual(form.record._spec()["params"]["variety_points"], "4")


@tagged("post_install", "-at_install")
class TestEarnRuleChecks(EarnRuleCommon):
    """What cannot be meant is refused when it is saved, with the reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.friends = cls.env["loyalty.club.segment"].create(
            {"name": "Friends", "club_id": cls.club.id, "kind": "manual", "domain": False}
        )
        cls.other_club = cls.env["loyalty.club"].create({"name": "Other club"})
        cls.cashback = cls.new_kind("cashback")

    def assertRefused(self, reason, **values):
        with self.assertRaisesRegex(ValidationError, reason), self.env.cr.savepoint():
            self.rule(**values)

    def test_bad_figures(self):
        visit = {"type": "per_visit"}
        for reason, values in (
            ("more than nothing", {**visit, "points": 0}),
            ("more than nothing", {**visit, "points": -5}),
            ("for how much money", {"type": "per_amount", "per_amount": 0}),
            ("goes up to 100", {"type": "percent", "percent": 0, "kind_id": self.cashback.id}),
            ("goes up to 100", {"type": "percent", "percent": 101, "kind_id": self.cashback.id}),
            ("multiple above 1", {"type": "multiplier", "factor": 0}),
            ("multiple above 1", {"type": "multiplier", "factor": -2}),
            ("whole steps", {**visit, "step": 0.5}),
            ("whole steps", {**visit, "step": -1}),
            ("zero or more", {**visit, "minimum_amount": -1}),
            ("Points for each product", {"type": "per_variety", "variety_points": 0}),
        ):
            with self.subTest(values=values):
                self.assertRefused(reason, **values)

    def test_kinds_that_purchases_cannot_earn(self):
        foreign = self.other_club.points_kind_id
        for reason, values in (
            ("cannot earn", {"kind_id": foreign.id}),
            ("cannot earn", {"kind_id": self.club.debt_kind_id.id}),
            ("given as credit", {"type": "percent", "percent": 5}),
            ("can be multiplied", {"type": "multiplier", "kind_id": self.cashback.id}),
        ):
            with self.subTest(values=values):
                self.assertRefused(reason, **values)

    def test_times_that_never_come(self):
        for reason, values in (
            ("ends before", {"date_from": "2026-05-02", "date_until": "2026-05-01"}),
            ("hours run", {"hour_from": 12, "hour_until": 12}),
            ("hours run", {"hour_from": 20, "hour_until": 4}),
            ("hours run", {"hour_until": 25}),
            ("choose one", {"nth": 3, "every_nth": 2}),
            ("none before it", {"nth": 1, "within_days": 20}),
            ("none before it", {"nth": 1, "streak_count": 3}),
            ("stayed away", {"within_days": 5, "away_days": 30}),
            ("zero or more", {"nth": -1}),
        ):
            with self.subTest(values=values):
                self.assertRefused(reason, **values)

    def test_what_is_chosen_and_left_out_at_once(self):
        tea = [Command.set(self.tea.product_tmpl_id.ids)]
        friends = [Command.set(self.friends.ids)]
        self.assertRefused("chosen and left out", product_tmpl_ids=tea, not_product_tmpl_ids=tea)
        self.assertRefused("chosen and left out", segment_ids=friends, not_segment_ids=friends)

    def test_what_belongs_to_others(self):
        segment = self.env["loyalty.club.segment"].create(
            {"name": "Theirs", "club_id": self.other_club.id, "kind": "manual", "domain": False}
        )
        branch = self.env["loyalty.club.branch"].create(
            {"name": "Theirs", "club_id": self.other_club.id}
        )
        company = self.env["res.company"].create({"name": "Elsewhere"})
        product = self.product("Foreign", 5, company_id=company.id)
        self.assertRefused("another club", segment_ids=[Command.set(segment.ids)])
        self.assertRefused("another club", branch_ids=[Command.set(branch.ids)])
        theirs = self.rule(name="Theirs", club_id=self.other_club.id)
        self.assertRefused("another club", replaces_id=theirs.id)
        self.assertRefused(
            "another company", product_tmpl_ids=[Command.set(product.product_tmpl_id.ids)]
        )

    def test_conditions_that_cannot_be_read(self):
        for reason, condition in (
            ("called “colour”", "[('colour', '=', 'red')]"),
            ("called “branch_id.name”", "[('branch_id.name', '=', 'x')]"),
            ("cannot be compared", "[('channel', '>', 'pos')]"),
            ("something else", "[('amount', '>', 'much')]"),
            ("cannot be read", "[('amount', '>'"),
            ("cannot be read", "['|', ('amount', '>', 5)]"),
            ("cannot be read", "__import__('os')"),
        ):
            with self.subTest(condition=condition):
                self.assertRefused(reason, condition=condition)

    def test_limits_that_leave_no_room(self):
        self.assertRefused("below what the rule gives once", points=50, cap_sale=20)
        self.assertRefused("below what the rule gives once", points=50, cap_member_day=49)
        self.assertRefused("is above the limit", points=5, cap_sale=100, cap_member_day=50)
        self.assertRefused("below what", type="per_amount", cap_sale=-1)

    def test_multiplier_cannot_replace_what_it_multiplies(self):
        self.assertRefused("cannot take their place", type="multiplier", stacking="replaces_basic")

    def test_what_replaces_the_basic_terms_is_in_no_group(self):
        self.assertRefused("is in no group", group="weekend", stacking="replaces_basic")

    # --- coming into force -----------------------------------------------------------------

    def test_rule_with_something_archived_does_not_come_into_force(self):
        rule = self.rule(product_tmpl_ids=[Command.set(self.tea.product_tmpl_id.ids)])
        self.tea.product_tmpl_id.active = False

        with self.assertRaisesRegex(ValidationError, "“Tea”: no longer in use"):
            rule.action_activate()

    def test_rule_in_force_is_not_saved_with_something_archived(self):
        rule = self.active(product_tmpl_ids=[Command.set(self.tea.product_tmpl_id.ids)])
        self.tea.product_tmpl_id.active = False

        with self.assertRaisesRegex(ValidationError, "no longer in use"):
            rule.points = 9

    def test_rule_whose_last_day_is_over_does_not_come_into_force(self):
        rule = self.rule(date_until="2020-01-01")

        with self.assertRaisesRegex(ValidationError, "last day"):
            rule.action_activate()

    def test_two_rules_that_exclude_each_other_at_one_place(self):
        self.active(stacking="exclusive")
        rival = self.rule(name="Rival", stacking="exclusive")

        with self.assertRaisesRegex(ValidationError, "excludes others as well"):
            rival.action_activate()

        rival.sequence = 20
        rival.action_activate()
        self.assertEqual(rival.state, "active")

    def test_exclusive_rules_that_never_meet_may_share_a_place(self):
        self.active(stacking="exclusive", on_friday=True)

        self.assertEqual(self.active(stacking="exclusive", on_saturday=True).state, "active")

    def test_moving_a_rule_onto_a_rival_is_refused(self):
        self.active(stacking="exclusive")
        rival = self.active(stacking="exclusive", sequence=20)

        with self.assertRaisesRegex(ValidationError, "excludes others as well"):
            rival.sequence = 10

    def test_the_best_is_chosen_among_rules_of_one_kind_of_value(self):
        self.active(group="weekend")
        other = self.rule(group="weekend", kind_id=self.cashback.id)

        with self.assertRaisesRegex(ValidationError, "cannot be compared"):
            other.action_activate()

    def test_change_of_a_rule_is_no_rival_of_it(self):
        rule = self.active(stacking="exclusive")
        draft = self.env["loyalty.club.earn.rule"].browse(rule.action_new_draft()["res_id"])

        draft.action_activate()

        self.assertEqual((rule.state, draft.state), ("stopped", "active"))

    def test_rule_stays_with_its_club(self):
        with self.assertRaises(UserError):
            self.rule().club_id = self.other_club


@tagged("post_install", "-at_install")
class TestEarnRuleSold(EarnRuleCommon):
    """What rules give, sold at the till."""

    def earned(self, rule, *lines, moment=None):
        """What ``rule`` gives for one sale to the member."""
        before = rule.given_total
        values = {"date_order": moment} if moment else {}
        self.sell(list(lines) or None, self.member.partner_id, **values)
        self.env.invalidate_all()
        return rule.given_total - before

    def test_added_type_earns_at_the_till(self):
        rule = self.active(type="per_variety", variety_points=4, variety_beyond=1)
        cake, bread = (self.product(name, 10.0) for name in ("Cake", "Bread"))

        self.assertEqual(self.earned(rule, self.line()), 0)
        self.assertEqual(
            self.earned(rule, self.line(), self.line(cake, 3), self.line(cake), self.line(bread)),
            8,
        )
        self.assertLedgerSound()

    def test_limit_of_a_month_follows_the_calendar_of_the_country(self):
        """30 Ordibehesht and 2 Khordad 1406: one month for some, two for others."""
        rule = self.active(cap_member_month=5)
        days = ("2027-05-20 09:00:00", "2027-05-23 09:00:00", "2027-06-02 09:00:00")

        with freeze_time("2027-07-01 12:00:00"):  # nothing is sold in days to come
            self.assertEqual([self.earned(rule, moment=day) for day in days], [5, 0, 5])

        self.company.country_id = self.env.ref("base.ir")
        rule = self.active(name="Persian", cap_member_month=5)
        with freeze_time("2027-07-01 12:00:00"):
            self.assertEqual([self.earned(rule, moment=day) for day in days], [5, 5, 0])

    def test_draft_and_stopped_rules_give_nothing(self):
        draft, stopped = self.rule(), self.active()
        stopped.action_stop()

        self.assertEqual((self.earned(draft), self.earned(stopped)), (0, 0))

    def test_rule_for_an_archived_product_gives_nothing_for_others(self):
        rule = self.active(product_tmpl_ids=[Command.set(self.tea.product_tmpl_id.ids)])
        cake = self.product("Cake", 10.0)
        self.tea.product_tmpl_id.active = False
        rule._note_version()

        self.assertEqual(self.earned(rule, self.line(cake)), 0)
