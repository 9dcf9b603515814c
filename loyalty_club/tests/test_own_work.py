from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged

from .access_common import MODULE
from .transfer_common import TransferWords

OWN_WORK = "loyalty.club.own.work"
# What an attacker would like a field to begin with, by type; of a selection see `foul`.
FOUL = {
    "char": "foul",
    "text": "foul",
    "html": "foul",
    "integer": 777,
    "float": 777.0,
    "monetary": 777.0,
    "boolean": True,
    "date": "2001-01-01",
    "datetime": "2001-01-01 00:00:00",
    "many2one": 777,
    "many2one_reference": 777,
    "one2many": [Command.create({})],
    "many2many": [Command.link(777)],
}
AMOUNTS = ("float", "monetary")


@tagged("post_install", "-at_install")
class TestOwnWork(TransferWords):
    """What our own code alone sets begins with nobody's defaults: neither those that a request
    carries, nor those that an employee keeps for herself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager, cls.accomplice = (
            new_test_user(cls.env, f"club_{name}", groups="loyalty_club.group_manager")
            for name in ("manager", "accomplice")
        )

    def rpc(self, user, model, method, *args, **context):
        """Call a method as a client of ``user`` does who chooses the context."""
        return call_kw(self.env[model].with_user(user), method, list(args), {"context": context})

    def make(self, user, model, values, **context):
        """A record that ``user`` makes; what it is, read with all rights."""
        record_id = self.rpc(user, model, "create", values, **context)
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env[model].browse(record_id)

    def personal(self, user, model, **values):
        """Let ``user`` keep defaults for herself."""
        for name, value in values.items():
            self.env["ir.default"].set(model, name, value, user_id=user.id)

    # --- attacks ---------------------------------------------------------------------

    def assertPoor(self, member):
        wallet = self.purse(member)
        self.assertEqual(
            (wallet.balance, wallet.held, wallet.pending, wallet.available, wallet.seq),
            (0, 0, 0, 0, 0),
        )
        self.assertFalse(wallet.lot_ids)
        self.assertPoints(0, member)
        self.assertLedgerSound()

    def enrol(self, **context):
        partner = self.env["res.partner"].create({"name": "Friend"})
        values = {"partner_id": partner.id, "club_id": self.club.id}
        return self.make(self.cashier, "loyalty.club.member", values, **context)

    def test_nobody_is_enrolled_rich_by_a_request(self):
        entry = self.purse(self.sara).entry_ids[:1]
        lot = {
            "entry_id": entry.id,
            "date": "2026-01-01 00:00:00",
            "amount": 5000,
            "remaining": 5000,
        }

        member = self.enrol(
            default_balance=5000,
            default_seq=7,
            default_held=-5000,
            default_points=5000,
            default_lot_ids=[Command.create(lot)],
        )

        self.assertPoor(member)

    def test_nobody_is_enrolled_rich_by_personal_defaults(self):
        self.personal(self.cashier, "loyalty.club.wallet", balance=5000, held=-5000, seq=7)

        self.assertPoor(self.enrol())

    def test_nobody_is_enrolled_in_the_place_of_another(self):
        member = self.enrol(
            default_merged_into_id=self.sara.id,
            default_closed_on="2026-01-01",
            default_close_reason="foul",
            default_contact_changed_at="2001-01-01 00:00:00",
            default_wallet_ids=[Command.link(self.purse(self.sara).id)],
        )

        self.assertFalse(member.merged_into_id)
        self.assertFalse(member.closed_on)
        self.assertFalse(member.contact_changed_at)
        self.assertEqual(member._survivor(), member)
        self.assertEqual(self.purse(self.sara).member_id, self.sara)
        self.assertPoor(member)

    def test_an_occasion_begins_as_a_draft(self):
        self.personal(self.manager, "loyalty.club.occasion.charge", state="running")
        for state in (None, "waiting", "running", "done"):
            wanted = {"default_state": state} if state else {}
            with self.subTest(state=state):
                charge = self.make(
                    self.manager,
                    "loyalty.club.occasion.charge",
                    {
                        "name": f"Nowruz {state}",
                        "club_id": self.club.id,
                        "kind_id": self.kind.id,
                        "amount": 5,
                        "domain": "[]",
                    },
                    default_maker_id=self.accomplice.id,
                    default_checker_id=self.accomplice.id,
                    default_decided_on="2026-01-01 00:00:00",
                    default_charged_count=3,
                    default_progress_id=10**6,
                    **wanted,
                )

                self.assertEqual(charge.state, "draft")
                self.assertFalse(charge.maker_id | charge.checker_id)
                self.assertFalse(charge.charged_count or charge.progress_id or charge.decided_on)

    def test_what_was_adjusted_alone_counts_whatever_the_request_says(self):
        self.kind.adjust_approval_above = 100
        foul = {
            "default_checker_id": self.accomplice.id,
            "default_maker_id": self.accomplice.id,
            "default_date": "2001-01-01 00:00:00",
            "default_state": "booked",
        }
        wallet = self.purse(self.sara)

        states = []
        for _time in range(2):
            values = {"wallet_id": wallet.id, "amount": 60, "reason": "Gift"}
            wizard = self.make(self.manager, "loyalty.club.wallet.adjust", values, **foul)
            self.rpc(self.manager, wizard._name, "action_adjust", wizard.ids, **foul)
            adjustment = wizard.adjustment_id
            states.append(adjustment.state)
            self.assertEqual(adjustment.maker_id, self.manager)
            self.assertFalse(adjustment.checker_id)
            self.assertEqual(adjustment.date.date(), fields.Date.today())

        self.assertEqual(states, ["booked", "waiting"])
        self.assertEqual(self.balances(self.sara), [160])

    def test_a_transfer_begins_with_its_senders_code_whatever_the_request_says(self):
        earlier = self.send(10)
        for state in ("waiting_approval", "waiting_receiver", "done"):
            foul = {
                "default_state": state,
                "default_date": "2001-01-01 00:00:00",
                "default_undoes_id": earlier.id,
                "default_sender_confirmed_at": "2026-01-01 00:00:00",
                "default_without_code": True,
                "default_hold_key": "foul",
            }
            values = {
                "member_id": self.sara.id,
                "wallet_id": self.purse(self.sara).id,
                "receiver_id": self.reza.id,
                "amount": 20,
            }
            with self.subTest(state=state):
                wizard = self.make(self.cashier, "loyalty.club.wallet.transfer", values, **foul)
                self.rpc(self.cashier, wizard._name, "action_request", wizard.ids, **foul)
                transfer = self.found({"reference": wizard.reference})

                self.assertEqual(transfer.state, "waiting_sender")
                self.assertEqual(transfer.date.date(), fields.Date.today())
                self.assertFalse(transfer.undoes_id)
                self.assertFalse(transfer.sender_confirmed_at or transfer.without_code)
                self.assertFalse(transfer.hold_key)
        self.assertBalances(90, 10)

    def test_without_the_senders_yes_nothing_goes_on(self):
        transfer = self.ask(10)

        with self.assertRaisesRegex(UserError, "has not confirmed"):
            transfer._go_on()

    # --- all of our models -----------------------------------------------------------

    def our_models(self):
        """Our models that keep records, by name."""
        return {
            name: self.env[name]
            for name, model in self.env.registry.items()
            if model._original_module == MODULE
            and not (model._abstract or model._transient)
            and model._auto
        }

    def guarded(self, model):
        return isinstance(model, self.env.registry[OWN_WORK])

    def foul(self, field):
        if field.type == "selection":
            values = field.get_values(self.env)
            declared = field.default(self.env[field.model_name]) if field.default else None
            return next(value for value in values if value != declared)
        return FOUL[field.type]

    def test_no_default_reaches_a_field_of_our_own(self):
        models = {name: model for name, model in self.our_models().items() if self.guarded(model)}
        self.assertGreater(len(models), 10)

        for name, model in models.items():
            own = {
                field: self.foul(model._fields[field])
                for field in model._fields
                if model._is_own_field(field) and model._fields[field].type in (*FOUL, "selection")
            }
            kept = {
                field: value
                for field, value in own.items()
                if model._fields[field].store and not isinstance(value, list)
            }
            self.personal(self.cashier, name, **kept)
            context = {f"default_{field}": value for field, value in own.items()}
            for sources in ({}, context):
                got = model.with_user(self.cashier).sudo().with_context(**sources)
                got = got.default_get(list(own))
                fouled = {field for field, value in got.items() if value == own[field]}
                with self.subTest(model=name, by="request" if sources else "person"):
                    self.assertTrue(own)
                    self.assertFalse(fouled)

    def test_every_model_that_keeps_value_guards_it(self):
        for name, model in self.our_models().items():
            kept = {
                field.name
                for field in model._fields.values()
                if field.store
                and field.readonly
                and not (field.compute or field.related)
                and (field.type in AMOUNTS or field.name == "state")
            }
            with self.subTest(model=name):
                open_ = {
                    field
                    for field in kept
                    if not (self.guarded(model) and model._is_own_field(field))
                }
                self.assertFalse(open_, "set by our own code, and open to anybody's defaults")
