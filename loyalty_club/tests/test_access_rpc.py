from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .access_common import MODULE, AccessCommon


@tagged("post_install", "-at_install")
class TestRemoteCalls(AccessCommon):
    """A cashier with an RPC client of her own finds no way to move value."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.points_card(cls, cls.member)
        cls.wallet = cls.card.club_wallet_id

    def figures(self):
        """All that must not change: balances, entries, lots, cards and their histories."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT (SELECT array_agg((id, balance, held, state, seq, head) ORDER BY id)::text
                      FROM loyalty_club_wallet),
                   (SELECT COUNT(*) FROM loyalty_club_entry),
                   (SELECT SUM(remaining) FROM loyalty_club_lot),
                   (SELECT array_agg((id, points, partner_id, code, active) ORDER BY id)::text
                      FROM loyalty_card),
                   (SELECT array_agg((id, issued, used, description) ORDER BY id)::text
                      FROM loyalty_history),
                   (SELECT array_agg((id, state, rfm_id, company_id) ORDER BY id)::text
                      FROM loyalty_club_member),
                   (SELECT COUNT(*) FROM loyalty_club_purchase)
            """
        )
        return self.env.cr.fetchone()

    def assertRefused(self, model, method, *args, error=UserError, **kwargs):
        """The cashier's call raises, and changes nothing."""
        before = self.figures()
        with (
            self.subTest(call=f"{model}.{method}", args=args),
            mute_logger("odoo.addons.base.models.ir_model", "odoo.sql_db"),
        ):
            with self.assertRaises(error), self.env.cr.savepoint():
                self.rpc(self.users["cashier"], model, method, *args, **kwargs)
            self.env.invalidate_all()
            self.assertEqual(self.figures(), before)

    def test_private_methods_are_refused(self):
        for model, method in (
            ("loyalty.club.wallet", "_post"),
            ("loyalty.club.wallet", "_post_or_raise"),
            ("loyalty.club.debt", "_take_back"),
            ("loyalty.club.debt", "_settle"),
            ("loyalty.club.purchase", "_record"),
            ("loyalty.club.rfm", "_rebuild"),
            ("loyalty.club.member", "_open_wallets"),
            ("loyalty.club.member", "_merge_into"),
            ("loyalty.club.member", "_close"),
            ("loyalty.club.adjustment", "_request"),
            ("loyalty.club.adjustment", "_book"),
            ("loyalty.club.conversion", "_convert"),
            ("loyalty.club.occasion.charge", "_charge_batch"),
            ("loyalty.card", "_club_move_to"),
            ("loyalty.card", "_club_post_opening"),
            ("loyalty.card", "_club_adopt"),
            ("loyalty.club.entry", "init"),
        ):
            self.assertRefused(model, method, [], error=AccessError)

    def test_club_cards_are_refused(self):
        other = self.new_member("Reza").partner_id
        for values in (
            {"points": 1000},
            {"partner_id": other.id},
            {"code": "044mine"},
            {"active": False},
            {"expiration_date": "2099-01-01"},
            {"club_wallet_id": False},
        ):
            self.assertRefused("loyalty.card", "write", self.card.ids, values)
        self.assertRefused("loyalty.card", "unlink", self.card.ids)
        self.assertRefused(
            "loyalty.card", "create", {"program_id": self.program.id, "points": 1000}
        )
        self.assertRefused(
            "loyalty.card", "copy", self.card.ids, {"partner_id": other.id, "points": 1000}
        )

    def test_context_gives_no_authority(self):
        for key in ("loyalty_club_authority", "authority", "sudo", "su", "club_authority"):
            self.assertRefused(
                "loyalty.card", "write", self.card.ids, {"points": 1000}, context={key: True}
            )

    def test_stock_wizards_on_club_cards_are_refused(self):
        wizard = self.rpc(
            self.users["cashier"],
            "loyalty.card.update.balance",
            "create",
            {
                "card_id": self.card.id,
                "old_balance": 0,
                "new_balance": 1000,
                "description": "Mine",
            },
        )
        self.assertRefused("loyalty.card.update.balance", "action_update_card_point", [wizard])
        wizard = self.rpc(
            self.users["cashier"],
            "loyalty.generate.wizard",
            "create",
            {
                "program_id": self.program.id,
                "mode": "selected",
                "customer_ids": [Command.set(self.users["cashier"].partner_id.ids)],
                "points_granted": 1000,
                "description": "Mine",
            },
        )
        self.assertRefused("loyalty.generate.wizard", "generate_coupons", [wizard])

    def test_history_of_club_cards_is_refused(self):
        self.give_points(100)
        line = self.card.history_ids[:1]

        self.assertRefused("loyalty.history", "write", line.ids, {"issued": 1000})

    def test_history_lines_of_club_cards_are_neither_made_nor_lost(self):
        self.give_points(100)
        before = self.figures()
        values = {"card_id": self.card.id, "description": "Mine", "issued": 1000, "used": 0}

        self.assertRefused("loyalty.history", "create", [values])
        self.assertRefused("loyalty.history", "unlink", self.card.history_ids.ids)

        self.assertEqual(self.figures(), before)

    def test_ledger_is_refused(self):
        self.give_points(100)
        entry, lot = self.wallet.entry_ids[:1], self.wallet.lot_ids[:1]
        kind = self.wallet.kind_id
        for model, method, *args in (
            ("loyalty.club.wallet", "write", self.wallet.ids, {"balance": 1000}),
            ("loyalty.club.wallet", "write", self.wallet.ids, {"state": "blocked"}),
            ("loyalty.club.wallet", "create", {"kind_id": kind.id}),
            ("loyalty.club.wallet", "unlink", self.wallet.ids),
            ("loyalty.club.entry", "create", {"wallet_id": self.wallet.id, "amount": 1}),
            ("loyalty.club.entry", "write", entry.ids, {"amount": 1000}),
            ("loyalty.club.entry", "unlink", entry.ids),
            ("loyalty.club.lot", "write", lot.ids, {"remaining": 1000}),
            ("loyalty.club.lot", "create", {"wallet_id": self.wallet.id, "amount": 1}),
            ("loyalty.club.lot", "unlink", lot.ids),
            ("loyalty.club.allocation", "create", {"entry_id": entry.id, "lot_id": lot.id}),
            ("loyalty.club.wallet.adjust", "create", {"wallet_id": self.wallet.id, "amount": 9}),
            ("loyalty.club.wallet.kind", "write", kind.ids, {"rounding": 0.001}),
            ("loyalty.club", "write", self.club.ids, {"earn_points": 1000}),
        ):
            self.assertRefused(model, method, *args)

    def test_measures_are_refused(self):
        self.sell(partner=self.member.partner_id)
        self.env["loyalty.club.rfm"]._rebuild(self.club)
        purchase = self.env["loyalty.club.purchase"].search(
            [("member_id", "=", self.member.id)], limit=1
        )
        for model, method, *args in (
            ("loyalty.club.purchase", "create", {"partner_id": self.member.partner_id.id}),
            ("loyalty.club.purchase", "write", purchase.ids, {"amount": 1000}),
            ("loyalty.club.purchase", "unlink", purchase.ids),
            ("loyalty.club.rfm", "write", self.member.rfm_id.ids, {"total": 150}),
            ("loyalty.club.rfm", "create", {"member_id": self.member.id}),
        ):
            self.assertRefused(model, method, *args)

    def test_membership_fields_that_decide_are_refused(self):
        other = self.new_member("Reza")
        other.state = "suspended"
        self.env["loyalty.club.rfm"]._rebuild(self.club)
        for values in (
            {"state": "active"},
            {"state": "closed"},
            {"merged_into_id": self.member.id},
            {"closed_on": False},
            {"rfm_id": self.member.rfm_id.id},
            {"number": "000100999"},
            {"partner_id": self.users["cashier"].partner_id.id},
            {"company_id": self.company.id + 1},
            {"wallet_ids": [Command.create({"kind_id": self.wallet.kind_id.id})]},
            {"wallet_ids": [Command.update(self.wallet.id, {"state": "active"})]},
        ):
            self.assertRefused("loyalty.club.member", "write", other.ids, values)

    def test_cashier_enrols_and_sees_points(self):
        self.give_points(70)
        partner = self.env["res.partner"].create({"name": "Nasrin"})

        created = self.rpc(
            self.users["cashier"], "loyalty.club.member", "create", {"partner_id": partner.id}
        )
        seen = self.rpc(
            self.users["cashier"],
            "loyalty.club.member",
            "read",
            self.member.ids,
            ["points_balance"],
        )

        self.assertEqual(self.env["loyalty.club.member"].browse(created).state, "active")
        self.assertEqual(seen[0]["points_balance"], 70)

    def test_test_users_are_what_they_are_called(self):
        cashier = self.users["cashier"]

        self.assertFalse(cashier.has_group(f"{MODULE}.group_marketer"))
        self.assertFalse(self.users["auditor"].has_group(f"{MODULE}.group_user"))
