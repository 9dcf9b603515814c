import base64
from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .access_common import GROUPS, MATRIX, MODULE, OPERATIONS, AccessCommon, matrix


@tagged("post_install", "-at_install")
class TestAccessMatrix(AccessCommon):
    """Who may do what stands in one table, and the table is true."""

    def assertNamed(self, kind, names):
        """The matrix has a row for each of ``names``, and no other of that kind."""
        rows = set(matrix(kind))
        self.assertFalse(names - rows, f"{MATRIX.name} has no row for these ({kind})")
        self.assertFalse(rows - names, f"{MATRIX.name} has rows for nothing ({kind})")

    def test_every_model_has_a_row_that_is_true(self):
        self.assertNamed("model", self.our_models())

        for name, row in matrix("model").items():
            for group, user in self.users.items():
                model = self.env[name].with_user(user)
                actual = {key for key, right in OPERATIONS.items() if model.has_access(right)}
                with self.subTest(model=name, group=group):
                    self.assertEqual(actual, set(row[group]))

    def test_every_public_method_has_a_row_that_is_true(self):
        self.assertNamed("method", self.our_methods())
        self.fill()
        self.gift_kind = self.new_kind("gift_card")
        self.twin = self.new_member("Sara again")

        for name, row in matrix("method").items():
            model, _dot, method = name.rpartition(".")
            for group, user in self.users.items():
                record = self.record_of(model, user)
                with self.subTest(method=name, group=group), mute_logger("odoo.http"):
                    self.assertIn(row[group], ("yes", "no"))
                    self.assertEqual(
                        self.allowed(user, record, method, row["needs"]), row[group] == "yes"
                    )

    def test_every_route_has_a_row_that_is_true(self):
        routes = self.our_routes()

        self.assertNamed("route", set(routes))

        self.assertEqual(routes, {url: row["needs"] for url, row in matrix("route").items()})

    def test_people_without_the_club_read_what_it_adds_to_stock(self):
        self.fill()
        seller = new_test_user(
            self.env, "club_seller", groups="base.group_user,point_of_sale.group_pos_user"
        )
        for model in (
            "res.partner",
            "stock.warehouse",
            "pos.order",
            "pos.order.line",
            "pos.config",
            "loyalty.program",
            "loyalty.card",
        ):
            records = self.env[model].with_user(seller).search([], limit=5)
            ours = [
                name for name in records.fields_get([]) if records._fields[name]._module == MODULE
            ]
            with self.subTest(model=model, fields=ours):
                self.assertTrue(records.read(["id", *ours]))

    def record_of(self, model, user):
        """A record to call methods on; of a wizard the user's own where she may make one."""
        if not self.env[model]._transient:
            return {
                "loyalty.club.member": self.member,
                "loyalty.club": self.club,
                "res.partner": self.member.partner_id,
                "loyalty.card": self.points_card(),
                "loyalty.club.wallet": self.points_card().club_wallet_id,
                "loyalty.club.wallet.kind": self.gift_kind,
            }.get(model) or self.env[model].search([], limit=1, order="id desc")
        maker = user if self.env[model].with_user(user).has_access("create") else self.env.user
        return self.env[model].with_user(maker).create(self.wizard_values(model))

    def a_hold(self):
        """Id of a hold on the member's points, one and the same at every call."""
        wallet = self.points_card().club_wallet_id
        return self.env["loyalty.club.hold"]._authorize(wallet.id, Decimal(1), "matrix").hold_id

    def wizard_values(self, model):
        return {
            "loyalty.club.wallet.transfer": {
                "member_id": self.member.id,
                "wallet_id": self.points_card().club_wallet_id.id,
            },
            "loyalty.club.transfer.decision": {
                "transfer_id": self.env["loyalty.club.transfer"].search([], limit=1).id,
                "act": "undo",
                "reason": "Test",
            },
            "loyalty.club.wallet.adjust": {
                "wallet_id": self.points_card().club_wallet_id.id,
                "amount": 1,
                "reason": "Test",
            },
            "loyalty.club.member.reveal": {
                "member_id": self.member.id,
                "code": "identity_code",
                "reason": "Test",
            },
            "loyalty.club.member.export": {"member_id": self.member.id, "reason": "Test"},
            "loyalty.club.erasure.decision": {
                "member_id": self.member.id,
                "erasure_id": self.env["loyalty.club.erasure"].search([], limit=1).id,
                "reason": "Test",
            },
            "privacy.lookup.wizard.line": {"res_id": self.member.id},
            "loyalty.club.consent.record": {
                "member_id": self.member.id,
                "purpose_id": self.env["loyalty.club.purpose"]._asked(self.club)[0].id,
                "channel": "sms",
                "given": "yes",
            },
            "loyalty.club.member.enrol": {"club_id": self.club.id, "mobile": "09121234567"},
            "loyalty.club.member.enrol.many": {
                "club_id": self.club.id,
                "partner_ids": self.member.partner_id.ids,
            },
            "loyalty.club.duplicate.dismiss": {
                "duplicate_ids": self.env["loyalty.club.duplicate"].search([], limit=1).ids,
                "reason": "Test",
            },
            "loyalty.club.setup": {"name": "New club", "type": "loyalty"},
            "loyalty.club.card.issue": {"member_ids": self.member.ids, "type": "virtual"},
            "loyalty.club.card.change": {
                "act": "lost",
                "card_ids": self.member.card_ids.ids,
                "reason": "Test",
            },
            "loyalty.club.programme.apply": {"programme": "sephora"},
            "loyalty.club.tier.grant": {
                "club_id": self.club.id,
                "member_ids": self.member.ids,
                "tier_id": self.env["loyalty.club.tier"]
                .search([("club_id", "=", self.club.id)], order="sequence desc", limit=1)
                .id,
                "note": "Test",
            },
            "loyalty.club.card.pin": {
                "card_ids": self.member.card_ids[:1].ids,
                "pin": "2741",
                "pin_again": "2741",
            },
            "loyalty.club.stamp.give": {
                "member_id": self.member.id,
                "program_id": self.stamps.id,
                "stamps": 1,
                "reason": "Test",
            },
            "loyalty.club.stamp.print": {"program_id": self.stamps.id},
            "loyalty.club.card.print": {"card_ids": self.member.card_ids.ids},
            "loyalty.club.segment.assign": {
                "club_id": self.club.id,
                "segment_ids": self.by_hand.ids,
                "member_ids": self.member.ids,
            },
            "loyalty.club.member.close": {"member_id": self.member.id, "reason": "Test"},
            "loyalty.club.member.merge": {
                "member_ids": (self.member | self.twin).ids,
                "survivor_id": self.member.id,
            },
            "loyalty.club.wallet.convert": {
                "member_id": self.member.id,
                "rate_id": self.conversion.id,
                "amount": 1,
            },
            "loyalty.club.wallet.kind.preset": {"preset": "cash", "club_id": self.club.id},
            "loyalty.club.order.attach": {
                "order_id": self.env["pos.order"].search([("partner_id", "=", False)], limit=1).id,
                "member_id": self.member.id,
                "reason": "Test",
            },
            "loyalty.club.hold.release": {"hold_id": self.a_hold(), "reason": "Test"},
            "loyalty.club.kpi.window": {"club_id": self.club.id},
            "loyalty.club.entry.reinstate": {
                "entry_id": self.points_card().club_wallet_id.entry_ids[:1].id,
                "amount": 1,
                "reason": "Test",
            },
            "loyalty.club.lot.extend": {
                "lot_ids": self.points_card().club_wallet_id.lot_ids.ids,
                "day": "2100-01-01",
                "reason": "Test",
            },
            "loyalty.club.wallet.statement": {"wallet_id": self.points_card().club_wallet_id.id},
            "loyalty.club.member.import": {
                "club_id": self.club.id,
                "file": base64.b64encode(b"name,mobile\nNasrin,09121234567\n"),
                "filename": "customers.csv",
            },
            "loyalty.club.review.judge": {
                "review_ids": self.env["loyalty.club.review"].search([], limit=1).ids,
                "score": 3,
            },
            "loyalty.club.act.record": {
                "club_id": self.club.id,
                "member_ids": self.member.ids,
                "kind_id": self.env["loyalty.club.act.kind"]._of(self.club, "packaging").id,
            },
            "loyalty.card.update.balance": {
                "card_id": self.points_card().id,
                "old_balance": 0,
                "new_balance": 1000,
                "description": "Test",
            },
        }[model]


@tagged("post_install", "-at_install")
class TestCompanies(AccessCommon):
    """What belongs to one company is not there for users of another."""

    # The audit is of the whole ledger; its report names wallets by number only.
    # Whose values are due is a list of numbers. Codes and limits belong to no company and are
    # read by nobody.
    SHARED = {
        "loyalty.club.audit",
        "loyalty.club.anchor",
        "loyalty.club.one.time.code",
        "loyalty.club.rate.limit",
        "loyalty.club.rfm.due",
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Other Company"})
        cls.stranger = new_test_user(
            cls.env,
            "club_stranger",
            groups=f"{GROUPS['manager']},loyalty_club.group_auditor",
            company_id=cls.other_company.id,
            company_ids=[Command.set(cls.other_company.ids)],
        )
        cls.other_club = cls.env["loyalty.club"].create(
            {"name": "Other Club", "company_id": cls.other_company.id}
        )

    def tables(self):
        """Our models that keep records, and may be read by a manager."""
        return [
            name
            for name in sorted(self.our_models() - self.SHARED)
            if not self.env[name]._transient
        ]

    def test_nothing_of_another_company_is_seen(self):
        self.fill()

        for name in self.tables():
            company = {"loyalty.club.allocation": "entry_id.company_id"}.get(name, "company_id")
            ours = self.env[name].search([(company, "=", self.company.id)])
            with self.subTest(model=name):
                self.assertTrue(ours, "nothing to hide: the test proves nothing")
                self.env.invalidate_all()
                theirs = ours.with_user(self.stranger)
                self.assertFalse(theirs.search([("id", "in", ours.ids)]))
                with self.assertRaises(AccessError):
                    theirs[:1].read(["display_name"])

    def test_members_of_both_companies_are_kept_apart(self):
        partner = self.env["res.partner"].create({"name": "Sara in both"})
        here = self.env["loyalty.club.member"].create(
            {"partner_id": partner.id, "club_id": self.club.id}
        )
        there = self.env["loyalty.club.member"].create(
            {"partner_id": partner.id, "club_id": self.other_club.id}
        )

        self.env.invalidate_all()
        seen = partner.with_user(self.stranger)

        self.assertEqual(seen.club_member_ids, there)
        self.assertEqual(seen.action_view_club_members()["res_id"], there.id)
        self.env.invalidate_all()
        self.assertEqual(partner.with_user(self.users["manager"]).club_member_ids, here)

    def test_a_member_cannot_be_moved_to_another_company(self):
        member = self.member.with_user(self.users["manager"])

        with self.assertRaises(UserError):
            member.write({"company_id": self.other_company.id})
        with self.assertRaises(UserError):
            member.write({"club_id": self.other_club.id})

    def test_foreign_balances_cannot_be_adjusted(self):
        wallet = self.points_card().club_wallet_id

        with self.assertRaises(AccessError):
            wizard = self.rpc(
                self.stranger,
                "loyalty.club.wallet.adjust",
                "create",
                {"wallet_id": wallet.id, "amount": 5, "reason": "Mine"},
            )
            self.rpc(self.stranger, "loyalty.club.wallet.adjust", "action_adjust", [wizard])

        self.assertPoints(0)
