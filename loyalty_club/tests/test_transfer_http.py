import json

from odoo.tests import HttpCase, new_test_user, tagged

from .transfer_common import TransferWords


@tagged("post_install", "-at_install")
class TestTransferHttp(TransferWords, HttpCase):
    """Members send from their own wallets, and learn nothing of anybody else's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for login, member in (("sara.portal", cls.sara), ("reza.portal", cls.reza)):
            new_test_user(
                cls.env,
                login,
                name=member.partner_id.name,
                groups="base.group_portal",
                partner_id=member.partner_id.id,
            )
        cls.nasrin = cls.reachable("Nasrin Unseen", "09124444444")
        cls.put(cls.nasrin, 500)

    def setUp(self):
        super().setUp()
        self.authenticate("sara.portal", "sara.portal")

    def call(self, act, **params):
        """Call a route; the answer, or the error's name."""
        response = self.url_open(
            f"/loyalty_club/transfer/{act}",
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        self.assertEqual(response.status_code, 200)
        body = response.json()
        return body.get("result") or {"error": body["error"]["data"]["name"]}

    def request(self, amount="30", **values):
        values = {
            "wallet_id": self.purse(self.sara).id,
            "receiver": self.reza.number,
            "key": "key-of-client",
            **values,
        }
        return self.call("request", amount=amount, **values)

    def test_a_member_sends_with_her_code(self):
        asked = self.request()
        self.assertEqual((asked["status"], asked["receiver"]), ("waiting_sender", "Reza K"))
        self.assertEqual(asked["code_to"], "+98******1111")

        answer = self.call(
            "confirm", reference=asked["reference"], code=self.code_of(self.sara.partner_id)
        )

        self.assertEqual((answer["status"], answer["amount"]), ("done", "30"))
        self.assertBalances(70, 30)

    def test_sent_twice_it_has_one_effect(self):
        first, again = self.request(), self.request()
        self.assertEqual(first["reference"], again["reference"])
        code = self.code_of(self.sara.partner_id)

        answers = [
            self.call("confirm", reference=first["reference"], code=code)["status"]
            for _try in range(3)
        ]

        self.assertEqual(answers, ["done"] * 3)
        self.assertEqual(self.request()["status"], "done")
        self.assertBalances(70, 30)

    def test_small_amounts_go_without_a_code_up_to_the_days_limit(self):
        self.kind.transfer_free_amount = 25

        statuses = [self.request("10", key=f"key-number-{number}")["status"] for number in range(3)]

        self.assertEqual(statuses, ["done", "done", "waiting_sender"])
        self.assertBalances(80, 20)

    def test_a_receiver_is_found_by_phone(self):
        self.assertEqual(self.request(receiver="+۹۸ ۹۱۲ ۲۲۲ ۲۲۲۲")["status"], "waiting_sender")

    def test_the_receiver_confirms_from_her_side(self):
        self.kind.transfer_receiver_confirms = True
        reference = self.request()["reference"]
        self.call("confirm", reference=reference, code=self.code_of(self.sara.partner_id))
        code = self.code_of(self.reza.partner_id)
        self.assertEqual(
            self.call("confirm", reference=reference, code=code)["status"], "waiting_receiver"
        )

        self.authenticate("reza.portal", "reza.portal")
        self.assertEqual(self.call("status", reference=reference)["sender"], "Sara")
        answer = self.call("confirm", reference=reference, code=code)

        self.assertEqual(answer["status"], "done")
        self.assertBalances(70, 30)

    def test_either_side_may_cancel(self):
        self.kind.transfer_receiver_confirms = True
        for number, login in enumerate(("sara.portal", "reza.portal")):
            self.authenticate("sara.portal", "sara.portal")
            reference = self.request(key=f"key-number-{number}")["reference"]
            self.call("confirm", reference=reference, code=self.code_of(self.sara.partner_id))
            self.authenticate(login, login)

            self.assertEqual(self.call("cancel", reference=reference)["status"], "cancelled")
        self.assertBalances(100, 0)

    def test_nobody_sends_from_a_foreign_wallet(self):
        missing = self.purse(self.nasrin).id + 10**6
        answers = [
            self.request(wallet_id=wallet_id)
            for wallet_id in (self.purse(self.nasrin).id, missing, 0, -1, "1", None, [1], True)
        ]

        self.assertEqual({answer["status"] for answer in answers}, {"rejected"})
        self.assertEqual(len({answer["message"] for answer in answers}), 1)

    def test_nobody_touches_a_foreign_transfer(self):
        foreign = self.ask(10, sender=self.nasrin)
        code = self.code_of(self.nasrin.partner_id)
        for reference in (foreign.reference, "0" * 32, "", None, 5, ["x"]):
            for act, params in (
                ("status", {}),
                ("cancel", {}),
                ("code", {}),
                ("confirm", {"code": code}),
            ):
                with self.subTest(act, reference=reference):
                    answer = self.call(act, reference=reference, **params)

                    self.assertEqual(
                        answer,
                        {"club": 1, "status": "rejected", "message": "There is no such transfer."},
                    )
        self.env.invalidate_all()
        self.assertEqual(foreign.state, "waiting_sender")

    def test_a_receiver_learns_of_it_when_the_sender_has_confirmed(self):
        waiting = self.ask(10, sender=self.nasrin, receiver=self.sara)

        self.assertEqual(self.call("status", reference=waiting.reference)["status"], "rejected")
        self.confirm(waiting)
        self.assertEqual(self.call("status", reference=waiting.reference)["status"], "done")

    def test_the_sender_cannot_confirm_for_the_receiver(self):
        self.kind.transfer_receiver_confirms = True
        transfer = self.send(10)
        code = self.code_of(self.reza.partner_id)

        self.call("confirm", reference=transfer.reference, code=code)

        self.env.invalidate_all()
        self.assertEqual(transfer.state, "waiting_receiver")

    def test_no_answer_shows_more_than_a_short_name(self):
        self.request(receiver=self.nasrin.number)
        answer = self.request(receiver=self.nasrin.number)

        for secret in ("Unseen", "4444", "500"):
            self.assertNotIn(secret, json.dumps(answer))

    def test_members_are_not_found_by_trying(self):
        for number in range(20):
            answer = self.request(receiver=f"0912000{number:04}")
            self.assertIn("No member", answer["message"])

        self.assertIn("Too many tries", self.request()["message"])

    def test_requests_that_become_transfers_do_not_count_as_tries(self):
        self.kind.transfer_free_amount = 100

        for number in range(25):
            answer = self.request(amount="1", key=f"key-number-{number}")

            self.assertEqual(answer["status"], "done", number)

    def test_why_somebody_cannot_receive_is_not_told(self):
        self.kind.transfer_receiver_confirms = True
        suspended = self.reachable("Suspended", "09125555555")
        suspended.action_suspend()
        unreachable = self.new_member("Unreachable")
        satisfied = self.reachable("Satisfied", "09126666666")
        self.kind.transfer_received_count = 1
        self.send(1, sender=self.nasrin, receiver=satisfied)

        answers = {
            self.request(receiver=member.number, key=f"key-number-{member.id}")["message"]
            for member in (suspended, unreachable, satisfied)
        }

        self.assertEqual(answers, {"This member cannot receive now."})

    def test_codes_and_references_are_plain_text(self):
        asked = self.request()
        for code in (None, 5, {"$ne": ""}, ["1"], "12\x0034"):
            answer = self.call("confirm", reference=asked["reference"], code=code)
            self.assertEqual(answer["status"], "rejected", code)
        for text in ("key\0-of-client", "key-of-client\n", "key-of-\u06f1\u06f2"):
            self.assertEqual(self.request(key=text)["status"], "rejected", text)
            self.assertEqual(self.call("status", reference=text)["status"], "rejected", text)
        self.assertEqual(self.request(receiver="0912\x00")["status"], "rejected")
        self.assertBalances(100, 0)

    def test_nonsense_is_refused_in_words(self):
        for values in (
            {"amount": "x"},
            {"amount": "NaN"},
            {"amount": "1e400"},
            {"amount": "-5"},
            {"amount": 5},
            {"amount": None},
            {"key": "short"},
            {"key": None},
            {"receiver": None},
            {"receiver": {"id": 1}},
        ):
            with self.subTest(values):
                answer = self.request(**values)
                self.assertEqual(answer["status"], "rejected")
                self.assertTrue(answer["message"])
        self.assertBalances(100, 0)

    def test_visitors_are_sent_away(self):
        self.authenticate(None, None)

        for act in ("request", "confirm", "cancel", "status", "code"):
            answer = self.call(act, reference="x")
            self.assertEqual(answer, {"error": "odoo.http.SessionExpiredException"})
