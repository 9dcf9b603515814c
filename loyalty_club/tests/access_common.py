"""Words for the tests of rights: who there is, what can be called, and what the matrix says.

The matrix is ``access_matrix.csv``: a row for each model, public method and route of the
module, a column for each kind of user. In a model's row a cell holds the letters of what
the user may do (r read, w write, c create, d delete); in a method's row it says yes or no; a
route's row has only its ``auth``, in the column ``needs``. There a method's row names
the arguments, as JSON; in it ``$card`` and ``$program`` are a managed card and its program,
``$till`` is a till.
"""

import csv
import inspect
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from odoo import Command, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.http import _generate_routing_rules
from odoo.service.model import call_kw
from odoo.tests import new_test_user

from ..clock import today_in
from .common import ClubCommon

MODULE = "loyalty_club"
MATRIX = Path(__file__).with_name("access_matrix.csv")
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}
GROUPS = {
    "public": "base.group_public",
    "portal": "base.group_portal",
    "internal": "base.group_user",
    "cashier": "loyalty_club.group_user,point_of_sale.group_pos_user",
    "marketer": "loyalty_club.group_marketer",
    "manager": "loyalty_club.group_manager",
    "auditor": "loyalty_club.group_auditor",
}
CLUB_GROUPS = ("cashier", "marketer", "manager", "auditor")


def matrix(kind):
    """Rows of one kind (``model``, ``method``, ``route``) by name."""
    with MATRIX.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["kind"] == kind]
    found = {row["name"]: row for row in rows}
    if len(found) < len(rows):
        raise ValueError(f"{MATRIX.name} names a {kind} twice")
    return found


class AccessCommon(ClubCommon):
    """The test club with a user of each kind, and something in every table."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            name: new_test_user(cls.env, f"club_{name}_of_matrix", groups=groups)
            for name, groups in GROUPS.items()
        }
        cls.users["manager"].group_ids = [
            Command.link(cls.env.ref("base.group_partner_manager").id)
        ]

    def fill(self):
        """A sale that spends, and its return; RFM values, an audit, and a message that failed."""
        card = self.give_points(50)
        order = self.sell([self.line(qty=2), self.reward_line(card, 20)], self.member.partner_id)
        self.sync(self.payload([self.return_line(order.lines[0])], self.member.partner_id))
        self.env["loyalty.club.shortfall"]._note(
            order.payment_ids[:1], card.club_wallet_id, Decimal(5), Decimal(50)
        )
        self.till.club_offline_limit = 100
        self.env["loyalty.club.offline.allowance"]._lend(self.till, "a browser")
        self.env["loyalty.club.rfm"]._rebuild(self.club)
        later = today_in(self.company) + timedelta(days=40)
        self.env["loyalty.club.rfm.history"]._note_months(self.club, later)
        self.env["loyalty.club.audit"]._cron_audit()
        self.env["loyalty.club.outbox"]._queue_new_card(card).state = "failed"
        self.fill_expiry()
        self.fill_books()
        self.fill_kinds()
        self.fill_stamps()
        self.fill_transfers()
        self.fill_decisions()
        self.fill_cards()
        self.fill_duplicates()
        self.fill_consents()
        self.fill_profile()
        self.fill_groups()
        self.fill_set_up()
        self.fill_earning()
        self.fill_acts()
        self.fill_replay()
        self.fill_tills()
        self.env.flush_all()
        return order

    def fill_earning(self):
        """An occasion without a fixed day, and a draft of an earning rule that counts on it."""
        feast = self.env["loyalty.club.occasion"].create(
            {
                "name": "Feast",
                "calendar": "dates",
                "date_ids": [Command.create({"date": "2026-11-27"})],
            }
        )
        rule = self.env["loyalty.club.earn.rule"].create(
            {
                "name": "Double on the feast",
                "club_id": self.club.id,
                "type": "multiplier",
                "occasion_ids": [Command.set(feast.ids)],
            }
        )
        self.env["loyalty.club.earn.total"].create(
            {"rule_id": rule.id, "amount": 5, "up_to": 1, "seen": 1, "seen_on": "2026-11-22"}
        )

    def fill_tills(self):
        """A sale of nobody, one that a manager counted for the member, and an alarm."""
        self.sell()._club_attach(self.member, "Test")
        self.sell()
        self.env["loyalty.club.till.alarm"].create(
            {
                "club_id": self.club.id,
                "kind": "often",
                "day": today_in(self.company),
                "since": today_in(self.company),
                "member_id": self.member.id,
            }
        )

    def fill_replay(self):
        """A what-if that was answered, for the member and by the terms of the club."""
        self.env["loyalty.club.purchase"]._record(
            [
                {
                    "partner_id": self.member.partner_id.id,
                    "member_id": self.member.id,
                    "club_id": self.club.id,
                    "company_id": self.company.id,
                    "channel": "import",
                    "date": f"{today_in(self.company)} 00:00:00",
                    "amount": 100,
                    "refund": False,
                    "origin_key": "access:replay",
                }
            ]
        )
        what_if = self.env["loyalty.club.replay"].create(
            {"name": "Test", "club_id": self.club.id, "date_until": today_in(self.company)}
        )
        what_if.action_start()
        what_if.action_step()

    def fill_acts(self):
        """An act that was rewarded, a code, a place, a score, and a text to look at."""
        kinds = {
            code: self.env["loyalty.club.act.kind"]._of(self.club, code)
            for code in ("event", "social", "review", "checkin")
        }
        self.env["loyalty.club.act.rule"].create({"kind_id": kinds["event"].id, "amount": 5})
        self.member._earn_act("event", "access", origin=(self.member._name, self.member.id))
        self.env["loyalty.club.act.code"].create({"kind_id": kinds["social"].id})
        self.env["loyalty.club.place"].create({"name": "Shop", "club_id": self.club.id})
        index = self.env["loyalty.club.index"].create(
            {
                "name": "Display",
                "club_id": self.club.id,
                "criterion_ids": [Command.create({"name": "Window"})],
            }
        )
        self.env["loyalty.club.assessment"].create(
            {"index_id": index.id, "member_id": self.member.id}
        )
        self.env["loyalty.club.review"]._hand_in(self.member, kinds["review"], "Good tea")

    def fill_set_up(self):
        """An invitation that went out, a fee that was paid, and what the club costs."""
        self.env["res.partner"].create({"name": "Leila", "ref": "in", "phone": "+989121112233"})
        self.env["loyalty.club.invitation"].create(
            {"name": "Autumn", "club_id": self.club.id, "domain": "[('ref', '=', 'in')]"}
        ).action_start()
        self.env["loyalty.club.cost"].create({"name": "SMS", "amount": 1, "club_id": self.club.id})
        order = self.env["pos.order"].search([], limit=1)
        self.env["loyalty.club.fee.payment"]._bring_in_line(order, self.tea, self.member, 1)
        self.fill_levels()

    def fill_levels(self):
        """A level that was exchanged for points, and one that is about to be lost."""
        level = self.club.tier_ids[-1]
        level.points_price = 1
        buyer = self.new_member("Buyer of a level")
        self.give_points(1, buyer)
        buyer._exchange_for_tier(level, "access-level")
        self.give_points(10, buyer)
        self.env["loyalty.club.reward.taken"]._take(buyer, self.five_off(), "access-taken")
        self.club.program_id.reward_ids[:1].club_per_member = 100
        self.env["loyalty.club.reward.claim"]._bring_in_line(
            (buyer._name, buyer.id),
            buyer,
            self.branch,
            fields.Datetime.now(),
            {self.club.program_id.reward_ids[:1].id: 1},
        )
        self.env["loyalty.club.tier.notice"].create(
            {
                "member_id": buyer.id,
                "tier_id": level.id,
                "kind": "ending",
                "day": today_in(self.company),
            }
        )

    def fill_groups(self):
        """A segment put together by hand, grades that rules give, and a level that was given."""
        self.by_hand = self.env["loyalty.club.segment"].create(
            {"name": "Friends", "club_id": self.club.id, "kind": "manual", "domain": False}
        )
        self.by_hand._add(self.member)
        self.env["loyalty.club.grade"]._regrade(self.club)
        tiers = self.env["loyalty.club.tier"].create(
            [
                {"name": "Member", "club_id": self.club.id, "sequence": 1},
                {"name": "Gold", "club_id": self.club.id, "sequence": 2, "min_spend": 1000},
            ]
        )
        tiers._recompute(self.club)
        tiers._grant(self.member, tiers[1])
        guest = self.new_member("Invited to a level")
        answer_by = fields.Date.add(today_in(self.company), days=7)
        self.env["loyalty.club.tier.invitation"]._invite(tiers[1], answer_by, members=guest)

    def fill_books(self):
        """A posting to the general ledger, of all that moved up to today."""
        self.club.action_set_up_accounts()
        self.env["loyalty.club.ledger.posting"]._post_up_to(self.club, today_in(self.company))

    def fill_kinds(self):
        """Credit on conditions, sold with a bonus, of which some is held."""
        kind = self.new_kind("ewallet")
        kind.terms_id = self.env["loyalty.club.terms"].create(
            {"name": "Test", "club_id": self.club.id}
        )
        kind.topup_offer_ids = [Command.create({"pays": 100, "gets": 110})]
        wallet = self.give_points(5).club_wallet_id
        self.env["loyalty.club.hold"]._authorize(wallet.id, Decimal(5), "access-hold")

    def fill_transfers(self):
        """A transfer that waits for its sender's code."""
        self.club.points_kind_id.write({"transferable": True, "transfer_freeze_hours": 0})
        wallet = self.give_points(5).club_wallet_id
        self.member.partner_id.email = "member@example.com"
        receiver = self.new_member("Receiver")
        self.env["loyalty.club.transfer"]._step(
            "_request", wallet.id, receiver.id, Decimal(1), "access-transfer"
        )

    def fill_decisions(self):
        """A conversion rate, and an occasion that a whole group was credited for."""
        self.conversion = self.env["loyalty.club.conversion"].create(
            {
                "club_id": self.club.id,
                "from_kind_id": self.club.points_kind_id.id,
                "to_kind_id": self.new_kind("cashback").id,
            }
        )
        self.env["loyalty.club.occasion.charge"].with_user(self.users["manager"]).create(
            {
                "name": "Nowruz",
                "club_id": self.club.id,
                "kind_id": self.club.points_kind_id.id,
                "amount": 1,
                "domain": "[]",
            }
        ).action_charge()

    def fill_cards(self):
        """Cards in stock; the member has her own since she joined."""
        self.env["loyalty.club.card.batch"]._make(self.club, "Test", count=2)

    def fill_stamps(self):
        """A stamp card with a stamp on it."""
        self.stamps = self.env["loyalty.club.stamp.program"].create(
            {"name": "Visits", "club_id": self.club.id, "reward_amount": 1}
        )
        self.stamps.with_user(self.users["manager"])._give(self.member, 1, "Test", "access")

    def fill_duplicates(self):
        """Two members with one mobile number."""
        for name in ("Nasrin", "Nasrin A."):
            self.new_member(name).partner_id.phone = "+989137654321"

    def fill_profile(self):
        """An area, an interest, a family; a form that was opened and a value that was revealed."""
        self.member.write(
            {
                "area_id": self.env["loyalty.club.area"]
                .create({"name": "Isfahan", "club_id": self.club.id})
                .id,
                "interest_ids": [Command.create({"name": "Tea", "club_id": self.club.id})],
                "family_ids": [Command.create({"name": "Ali", "birthday": "2015-04-05"})],
            }
        )
        member = self.member.with_user(self.users["manager"])
        member.web_read({"identity_code": {}})
        self.env["loyalty.club.reveal"].with_user(self.users["manager"])._log(
            member, "birthday", "Test"
        )

    def fill_consents(self):
        """A consent, terms that were published and accepted, and an SMS that came in."""
        self.member._set_consents({("marketing", "email"): True}, "portal")
        terms = self.env["loyalty.club.agreement"].search([("club_id", "=", self.club.id)])
        version = self.env["loyalty.club.agreement.version"].create(
            {"agreement_id": terms.id, "body": "<p>Be kind.</p>"}
        )
        version.action_publish()
        self.member._accept_terms(version, "portal")
        self.env["loyalty.club.inbound.sms"]._receive(self.club, "09120000000", "Hello")
        self.env["loyalty.club.erasure"]._request(self.new_member("Wants to leave"), "portal")
        self.env["loyalty.club.push.device"].create(
            {
                "name": "Chrome",
                "member_id": self.member.id,
                "endpoint": "https://push.example.com/access",
                "mark": "access",
                "key_mark": "access",
                "p256dh": "access",
                "auth": "access",
            }
        )

    def fill_expiry(self):
        """Points that expire, of which the member was told, and which a manager extended."""
        policy = self.env["loyalty.club.expiry.policy"].create(
            {"name": "Test", "club_id": self.club.id, "number": 1, "notice_days": 60}
        )
        self.club.points_kind_id.expiry_policy_id = policy
        wallet = self.give_points(5).club_wallet_id
        self.env["loyalty.club.expiry.notice"]._send()
        self.club.points_kind_id.expiry_policy_id = False
        self.env["loyalty.club.lot.change"].with_user(self.users["manager"])._extend(
            wallet.lot_ids.filtered("expires_on"),
            fields.Date.add(fields.Date.today(), years=1),
            "Test",
        )

    # --- what there is ---------------------------------------------------------------

    def our_models(self):
        """Names of the models that the module makes, abstract ones left out."""
        return {
            name
            for name, model in self.env.registry.items()
            if model._original_module == MODULE and not model._abstract
        }

    def our_methods(self):
        """Methods that RPC can call and whose code is ours, as ``model.method``."""
        found = set()
        for name, model in self.env.registry.items():
            for part in model.__mro__:
                if part.__module__.startswith(f"odoo.addons.{MODULE}."):
                    found |= {
                        f"{name}.{method}" for method in vars(part) if self._public(part, method)
                    }
        return found

    def _public(self, part, method):
        return (
            not method.startswith("_")
            and inspect.isroutine(getattr(part, method))
            and not hasattr(models.BaseModel, method)
            and not getattr(getattr(part, method), "_api_private", False)
        )

    def our_routes(self):
        """Addresses that our controllers answer, with the ``auth`` they ask for."""
        installed = self.env["ir.module.module"]._installed()
        return {
            url: endpoint.routing["auth"]
            for url, endpoint in _generate_routing_rules(sorted(installed), nodb_only=False)
            if endpoint.func.__module__.startswith(f"odoo.addons.{MODULE}.")
        }

    # --- as a client does it ---------------------------------------------------------

    def rpc(self, user, model, method, *args, **kwargs):
        """Call a method as an RPC client of ``user`` does."""
        return call_kw(self.env[model].with_user(user), method, list(args), kwargs)

    def allowed(self, user, record, method, arguments):
        """Whether ``user`` may call ``method``; what the call did is undone.

        Refusals of the business (UserError) count as allowed.
        """
        card = self.points_card()
        named = (("$card", card), ("$program", card.program_id), ("$till", self.till))
        for name, known in named:
            arguments = arguments.replace(name, str(known.id))
        args = json.loads(arguments) if arguments else []
        function = getattr(type(record), method)
        if not getattr(function, "_api_model", False):
            args = [record.ids, *args]
        self.env.flush_all()
        self.env.invalidate_all()  # what others have read must not lend rights
        with self.env.cr.savepoint() as savepoint:
            try:
                self.rpc(user, record._name, method, *args)
            except AccessError:
                return False
            except UserError:
                return True
            else:
                return True
            finally:
                savepoint.rollback()
                self.env.invalidate_all()
