import json
from unittest.mock import patch

from lxml import html

from odoo.tests import new_test_user, tagged

from ..controllers import member_data
from .portal_common import PortalCase
from .test_one_time_code import CodeWords


@tagged("post_install", "-at_install")
class TestPortalData(CodeWords, PortalCase):
    """A member's own data: looked at, fetched, and the wish that they be forgotten."""

    def post(self, path, member=None, **values):
        seen = self.url_open(f"/my/club/{self.member.id}/data")
        token = html.fromstring(seen.content).xpath("//input[@name='csrf_token']/@value")[0]
        return self.url_open(
            f"/my/club/{(member or self.member).id}/data/{path}",
            data={"csrf_token": token, **values},
            allow_redirects=False,
        )

    def test_a_member_fetches_her_own_copy_which_no_cache_keeps(self):
        answer = self.post("download", file_format="json")

        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(json.loads(answer.text)["membership"]["number"], self.member.number)

    def test_sealed_values_are_opened_for_who_has_just_typed_a_code(self):
        self.member.partner_id.phone = "+989121234567"
        self.member.write({"identity_code": "0499370899", "birthday": "1990-03-21"})
        relative = {"member_id": self.member.id, "name": "Ali", "relation": "child"}
        self.env["loyalty.club.family.member"].create({**relative, "birthday": "2015-04-05"})
        secrets = ("0499370899", "1990-03-21", "2015-04-05")

        masked = self.post("download", file_format="json").text
        self.assertIn("********99", masked)
        self.assertFalse([secret for secret in secrets if secret in masked])
        self.assertEqual(self.post("code").status_code, 303)
        code = self.code_of(self.member.partner_id)
        self.assertEqual(self.post("code", code=self.wrong(code)).status_code, 422)
        self.assertNotIn("0499370899", self.post("download", file_format="json").text)
        self.assertEqual(self.post("code", code=code).status_code, 303)

        opened = self.post("download", file_format="json").text
        self.assertFalse([secret for secret in secrets if secret not in opened])
        with patch.object(member_data, "_OPENED_FOR", -1):
            self.assertNotIn("0499370899", self.post("download", file_format="json").text)

    def test_somebody_elses_data_are_as_good_as_missing(self):
        for path in ("download", "code", "erase", "keep"):
            with self.subTest(path):
                answer = self.post(path, self.other, sure="1")
                self.assertEqual(answer.status_code, 303)
                self.assertTrue(answer.headers["Location"].endswith("/my/club"))
        self.assertFalse(self.other.erasure_ids)

    # --- leaving ---------------------------------------------------------------------

    def leaving(self):
        page = self.page(f"/my/club/{self.member.id}/data")
        text = self.text(page, "//div[hasclass('o_club_leaving')]").replace("\u00a0", " ")
        lost, _title, paid_out = text.partition("What you have paid in is paid out to you")
        return lost, paid_out

    def credit(self):
        """Credit of which 30 were paid in and 5 given."""
        kind = self.env["loyalty.club.wallet.kind"].create(
            {
                "club_id": self.club.id,
                "type": "ewallet",
                "name": "Prepaid",
                "currency_id": self.company.currency_id.id,
                "rounding": 0.01,
            }
        )
        wallet = kind._wallets_of(self.member)[self.member.id]
        self.move(wallet, 30, kind="topup")
        self.move(wallet, 5, kind="grant")

    def test_what_is_lost_by_leaving_is_told_before_she_asks(self):
        tier = self.env["loyalty.club.tier"].create(
            {"name": "Gold", "club_id": self.club.id, "earn_multiplier": 2}
        )
        tier._grant(self.member, tier)
        self.move(self.points, 1250)
        self.credit()

        lost, paid_out = self.leaving()

        for text in ("1,250 points", "Prepaid: $ 35.00", "Your level Gold: 2 times the points"):
            self.assertIn(text, lost)
        self.assertFalse(paid_out)

    def test_what_is_told_is_what_happens(self):
        self.club.closing_policy = "payout"
        self.move(self.points, 1250)
        self.credit()

        lost, paid_out = self.leaving()
        self.member._close_to_erase("payout")

        self.assertIn("1,250 pointsPrepaid: $ 5.00", lost)
        self.assertIn("Prepaid: $ 30.00", paid_out)
        moved = self.member.entry_ids.filtered(lambda entry: entry.kind in ("forfeit", "payout"))
        self.assertEqual(
            sorted((entry.kind, entry.amount) for entry in moved),
            [("forfeit", -1250), ("forfeit", -5), ("payout", -30)],
        )

    def test_copies_are_counted(self):
        answers = [self.post("download", file_format="json").status_code for _time in range(6)]

        self.assertEqual(answers, [200] * 5 + [429])

    def test_without_the_token_nothing_happens(self):
        answer = self.url_open(f"/my/club/{self.member.id}/data/erase", data={"sure": "1"})

        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.member.erasure_ids)

    def test_the_wish_is_asked_for_once_and_can_be_taken_back(self):
        self.assertEqual(self.post("erase").status_code, 422)
        self.post("erase", sure="1")
        self.post("erase", sure="1")
        self.assertEqual(self.member.erasure_ids.mapped("state"), ["requested"])
        self.assertIn("Stay a member", self.url_open(f"/my/club/{self.member.id}/data").text)

        self.post("keep")

        self.assertEqual(self.member.erasure_ids.mapped("state"), ["withdrawn"])

    def test_staffs_copy_is_for_who_asked_for_it(self):
        managers = [
            new_test_user(self.env, f"data_manager_{name}", groups="loyalty_club.group_manager")
            for name in "ab"
        ]
        reveals = self.env["loyalty.club.reveal"].with_user(managers[0])
        reveal = reveals._log(self.member.with_user(managers[0]), "export", "She asked")
        birthday = reveals._log(self.member.with_user(managers[0]), "birthday", "She asked")

        found = []
        for login in ("data_manager_a", "data_manager_b"):
            self.authenticate(login, login)
            found.append(self.url_open(f"/loyalty_club/member_data/{reveal.id}").status_code)
        self.authenticate("data_manager_a", "data_manager_a")
        found.append(self.url_open(f"/loyalty_club/member_data/{birthday.id}").status_code)

        self.assertEqual(found, [200, 404, 404])
