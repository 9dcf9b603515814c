import base64
from unittest.mock import patch

from lxml import html

from odoo.exceptions import AccessDenied, AccessError, UserError
from odoo.http import root
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models import self_service_limits
from ..models.portal_login import CREDENTIAL, MobileProof
from .door_common import MOBILE, OTHER, DoorCase


@tagged("post_install", "-at_install")
class TestClubLogin(DoorCase):
    """A code sent to the mobile opens its holder's portal account, and no other."""

    def test_a_member_without_login_gets_one_with_the_first_code(self):
        member = self.holder()

        answer = self.prove(way="login")

        user = member.partner_id.user_ids
        self.assertLeads(answer, f"/my/club/{member.id}")
        self.assertSignedIn(user)
        self.assertTrue(user._is_portal())
        self.assertEqual(user.login, MOBILE)
        self.assertEqual(member.proven_mobile, MOBILE)

    def test_the_second_time_the_same_account_opens(self):
        member = self.holder()
        self.prove(way="login")
        self.leave()

        self.prove(way="login")

        self.assertSignedIn(member.partner_id.user_ids)
        self.assertEqual(len(member.partner_id.user_ids), 1)

    def test_known_and_unknown_mobiles_are_answered_alike_until_the_code(self):
        self.holder()
        pages = []
        for mobile in (MOBILE, OTHER):
            answer = self.ask_code(mobile, "login")
            text = self.text_of(self.seen).replace(mobile[-4:], "0000")
            pages.append((answer.status_code, answer.headers["Location"], text))
            self.assertEqual(len(self.texts_to(mobile)), 1)
            self.leave()

        self.assertEqual(*pages)

    def test_known_and_unknown_mobiles_cost_the_same_statements(self):
        self.holder()
        self.ask_code("+989111111111", "login")  # warm
        counts = []
        for mobile in (MOBILE, OTHER):
            self.leave()
            self.get("/club/login")
            before = self.env.cr.sql_log_count
            self.post("/club/mobile", mobile=mobile, way="login")
            counts.append(self.env.cr.sql_log_count - before)

        self.assertEqual(*counts)

    def text_of(self, response):
        return " ".join(html.fromstring(response.content).xpath("//main")[0].text_content().split())

    def test_a_stranger_learns_after_the_code_and_may_join(self):
        answer = self.prove(way="login")

        self.assertLeads(answer, "/club/join")
        self.assertIn('name="name"', self.get("/club/join").text)

    def test_a_stranger_at_a_closed_door_is_told(self):
        self.club.open_to_join = False

        answer = self.prove(way="login")

        self.assertEqual(answer.status_code, 200)
        self.assertIn("No membership", answer.text)

    def test_a_login_with_a_second_factor_asks_for_it(self):
        member = self.holder()
        user = self.login_of(member, MOBILE)
        user.totp_secret = base64.b32encode(b"x" * 20).decode()

        answer = self.prove(way="login")

        self.assertIn("/web/login/totp", answer.headers["Location"])
        self.assertSignedIn(None)

    def test_an_employee_is_not_opened_by_a_code(self):
        member = self.holder()
        self.login_of(member, "worker", group="base.group_user")

        answer = self.prove(way="login")

        self.assertIn("Sign in with the password", answer.text)
        self.assertSignedIn(None)

    def test_a_closed_access_stays_closed(self):
        member = self.holder()
        self.login_of(member, "closed").active = False

        answer = self.prove(way="login")

        self.assertIn("was closed", answer.text)
        self.assertSignedIn(None)
        self.assertEqual(len(member.partner_id.with_context(active_test=False).user_ids), 1)

    def test_a_used_account_asks_for_its_password_once(self):
        member = self.holder()
        self.login_of(member, "old.user", used=True)

        answer = self.prove(way="login")

        self.assertIn("Sign in with the password", answer.text)
        self.assertSignedIn(None)

        self.authenticate("old.user", "old.user", session_extra=self.kept_flow())
        self.assertLeads(
            self.url_open("/club/join", allow_redirects=False), f"/my/club/{member.id}"
        )
        self.assertEqual(member.proven_mobile, MOBILE)
        self.leave()
        self.assertLeads(self.prove(way="login"), f"/my/club/{member.id}")

    def kept_flow(self):
        """What the browser's session knows: signing in by a form keeps it."""
        session = root.session_store.get(self.opener.cookies["session_id"])
        return {"loyalty_club_mobile": session["loyalty_club_mobile"]}

    def test_wrong_codes_end_soon(self):
        self.holder()
        self.ask_code(way="login")
        code = self.code_to(MOBILE)

        answers = [self.type_code(self.wrong(code), "login") for _try in range(6)]

        self.assertEqual({answer.status_code for answer in answers}, {422})
        self.assertIn("too many wrong tries", self.errors(answers[-1]))
        self.assertEqual(self.type_code(code, "login").status_code, 422, "the right one as well")
        self.assertSignedIn(None)

    def test_new_codes_give_a_guesser_no_more_than_twenty_tries_an_hour(self):
        self.holder()
        tried = 0
        for _code in range(6):
            self.ask_code(way="login")
            if not self.texts_to(MOBILE):
                break
            code = self.code_to(MOBILE)
            for _try in range(5):
                answer = self.type_code(self.wrong(code), "login")
                tried += "not the code" in self.errors(answer)

        self.assertLessEqual(tried, 20)

    def test_a_code_is_of_use_in_its_own_session_alone(self):
        self.holder()
        self.ask_code(way="login")
        code = self.code_to(MOBILE)
        self.leave()

        self.ask_code(way="login")
        answer = self.type_code(code, "login")

        self.assertEqual(answer.status_code, 422)
        self.assertSignedIn(None)

    def test_one_number_gets_few_codes(self):
        answers = [self.ask_code(way="login") for _code in range(6)]

        self.assertEqual([a.status_code for a in answers], [303] * 5 + [422])
        self.assertEqual(len(self.texts_to(MOBILE)), 5)

    def test_codes_that_were_used_do_not_count(self):
        self.holder()
        for _time in range(7):
            self.assertEqual(self.prove(way="login").status_code, 303)
            self.leave()

    def test_one_network_gets_so_many_codes(self):
        self.get("/club/login")
        statuses = [
            self.post("/club/mobile", mobile=f"0912000{number:04d}", way="login").status_code
            for number in range(61)
        ]

        self.assertEqual(statuses, [303] * 60 + [422])

    def test_a_club_sends_so_many_codes_and_keeps_some_for_known_browsers(self):
        self.holder()
        self.prove(way="login")
        known = self.opener.cookies["loyalty_club_browser"]
        self.club.codes_per_hour = 5
        self.leave()
        statuses = []
        for number in range(5):
            statuses.append(self.ask_code(f"0912000{number:04d}", "login").status_code)

        self.assertEqual(statuses, [303] * 3 + [422] * 2, "one was sent before")
        self.leave()
        self.opener.cookies.set("loyalty_club_browser", known)
        self.assertEqual(self.ask_code(OTHER, "login").status_code, 422, "not this one's number")
        self.assertEqual(self.ask_code(MOBILE, "login").status_code, 303)

    def test_strangers_do_not_use_up_the_codes_of_a_known_browser(self):
        self.holder()
        self.prove(way="login")
        known = self.opener.cookies["loyalty_club_browser"]
        self.leave()
        strangers = [self.ask_code(way="login").status_code for _code in range(6)]
        self.assertEqual(strangers[-1], 422)
        self.leave()

        self.opener.cookies.set("loyalty_club_browser", known)

        self.assertEqual(self.ask_code(way="login").status_code, 303)

    def test_many_wrong_codes_of_all_leave_each_network_a_few(self):
        self.holder()
        self.ask_code(way="login")
        code = self.code_to(MOBILE)
        with patch.object(self_service_limits, "_WRONG_OF_ALL", ("test-guess", 1, 3600)):
            for _try in range(4):
                answer = self.type_code(self.wrong(code), "login")
            self.assertIn("not the code", self.errors(answer))

            self.assertIn("Too many", self.errors(self.type_code(code, "login")))

    def test_foreign_numbers_get_no_code_unless_the_club_says_so(self):
        foreign = "+447400123456"

        self.assertEqual(self.ask_code(foreign, "login").status_code, 422)
        self.assertFalse(self.texts_to(foreign))
        self.club.foreign_mobiles = True
        self.assertEqual(self.ask_code(foreign, "login").status_code, 303)

    def test_nobody_is_led_to_another_site(self):
        for target in ("https://evil.example/", "//evil.example", "/\\evil.example"):
            with self.subTest(target=target):
                member = self.holder() if not self.member_of() else self.member_of()
                self.get("/club/login", params={"redirect": target})
                self.post("/club/mobile", mobile=MOBILE, way="login")
                self.get("/club/login")

                self.assertLeads(self.type_code(way="login"), f"/my/club/{member.id}")
                self.leave()

    def test_a_path_of_the_site_is_kept_through_the_steps(self):
        self.holder()
        self.get("/club/login", params={"redirect": "/my/home"})
        self.post("/club/mobile", mobile=MOBILE, way="login")
        self.get("/club/login")

        self.assertLeads(self.type_code(way="login"), "/my/home")

    def test_no_address_names_the_mobile(self):
        self.holder()
        answers = [self.ask_code(way="login"), self.type_code(way="login")]

        for answer in answers:
            self.assertNotIn("912", answer.headers["Location"])

    def test_the_session_changes_its_name_with_the_proof_and_the_login(self):
        self.get("/club/join")
        before = self.opener.cookies["session_id"]
        self.ask_code()
        self.type_code()
        proven = self.opener.cookies["session_id"]
        self.fill()

        self.assertEqual(len({before, proven, self.opener.cookies["session_id"]}), 3)

    # --- the credential itself -------------------------------------------------------

    @mute_logger("odoo.addons.base.models.res_users")
    def test_no_client_can_send_a_proof(self):
        member = self.holder()
        user = self.login_of(member, MOBILE)
        for proof in (None, MOBILE, {"number": MOBILE}, [MOBILE], True):
            with self.subTest(proof=proof), self.assertRaises(AccessDenied):
                self.env["res.users"].authenticate(
                    {"type": CREDENTIAL, "login": user.login, "proof": proof},
                    {"interactive": True},
                )
        answer = self.url_open("/web/login")
        self.seen = answer
        self.post("/web/login", login=MOBILE, type=CREDENTIAL, proof=MOBILE, password="x")
        self.assertSignedIn(None)

    @mute_logger("odoo.addons.base.models.res_users")
    def test_a_proof_opens_its_own_holders_account_alone(self):
        self.login_of(self.holder(), "sara.club")
        self.login_of(self.holder(OTHER, name="Reza"), "reza.club")
        for login in ("reza.club", "admin", self.cashier.login):
            with self.subTest(login=login), self.assertRaises(AccessDenied):
                self.env["res.users"].authenticate(
                    {"type": CREDENTIAL, "login": login, "proof": MobileProof(MOBILE)},
                    {"interactive": True},
                )

    # --- user name and password ------------------------------------------------------

    def test_the_mobile_is_a_login_name_in_any_writing(self):
        user = self.login_of(self.holder(), MOBILE)
        for text in ("0912 123 4567", "۰۹۱۲۱۲۳۴۵۶۷", "00989121234567", MOBILE):
            with self.subTest(text=text):
                self.get("/web/login")
                self.post("/web/login", login=text, password=MOBILE)

                self.assertSignedIn(user)
                self.leave()

    def test_who_is_called_by_just_these_digits_is_not_passed_over(self):
        digits = new_test_user(self.env, "09121234567", groups="base.group_portal")
        self.login_of(self.holder(), MOBILE)

        self.get("/web/login")
        self.post("/web/login", login="09121234567", password="09121234567")

        self.assertSignedIn(digits)

    def test_a_forgotten_password_of_a_mobile_leads_to_the_code(self):
        self.env["ir.config_parameter"].set_param("auth_signup.reset_password", "True")
        for mobile in (MOBILE, OTHER, f"{MOBILE}-M000000017"):
            self.get("/web/reset_password")

            answer = self.post("/web/reset_password", login=mobile)

            self.assertLeads(answer, "/club/login")

    def test_no_link_for_a_password_goes_to_an_address_nobody_confirmed(self):
        user = self.login_of(self.holder(), MOBILE)

        with self.assertRaisesRegex(UserError, "a code opens"):
            user.action_reset_password()

    def test_signing_up_goes_on_to_the_club_if_wanted(self):
        self.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2c")
        self.assertIn("club_join", self.get("/web/signup").text)

        answer = self.post(
            "/web/signup", name="New", login="new@example.com", password="long enough",
            confirm_password="long enough", club_join="1",
        )  # fmt: skip

        self.assertLeads(answer, "/club/join")
        user = self.env["res.users"].search([("login", "=", "new@example.com")])
        self.assertSignedIn(user)
        self.prove()
        self.fill(name="New")
        self.assertEqual(self.member_of().partner_id, user.partner_id)

    # --- given by the back office ----------------------------------------------------

    def test_the_back_office_gives_logins_and_tells_how_to_sign_in(self):
        marketer = new_test_user(self.env, "club_marketer", groups="loyalty_club.group_marketer")
        members = self.holder() | self.new_member("Nowhere")

        members.with_user(marketer).action_grant_portal()

        self.assertTrue(members[0].partner_id.user_ids._is_portal())
        self.assertFalse(members[1].partner_id.user_ids)
        self.assertIn("/club/login", self.texts_to(MOBILE).body)

    def test_the_back_office_gives_no_login_to_an_address_that_nobody_confirmed(self):
        member = self.holder()
        member.partner_id.email = "mallory@example.com"

        member.action_grant_portal()

        self.assertEqual(member.partner_id.user_ids.login, MOBILE)

    def test_logins_are_not_given_by_cashiers_nor_to_nobody(self):
        with self.assertRaises(AccessError):
            self.holder().with_user(self.cashier).action_grant_portal()
        with self.assertRaises(UserError):
            self.new_member("Nowhere").action_grant_portal()
