import secrets
from unittest.mock import patch

from odoo.tests import tagged

from ..controllers import mobile_flow
from ..models import one_time_code
from .door_common import MOBILE, OTHER, DoorCase


@tagged("post_install", "-at_install")
class TestJoin(DoorCase):
    """Whoever holds a mobile becomes a member with it, once, with card and login."""

    def test_a_stranger_joins_with_number_code_and_form(self):
        self.assertLeads(self.prove(), "/club/join")

        answer = self.fill(email="sara@example.com", password="long enough")

        member = self.member_of()
        self.assertLeads(answer, f"/my/club/{member.id}")
        self.assertRecordValues(
            member,
            [{"channel": "join", "state": "active", "proven_mobile": MOBILE, "mobile": MOBILE}],
        )
        self.assertEqual(member.partner_id.name, "Sara Karimi")
        self.assertTrue(member.wallet_ids)
        self.assertEqual(member.card_ids.state, "active")
        user = member.partner_id.user_ids
        self.assertEqual(user.login, "sara@example.com")
        self.assertTrue(user._is_portal())
        self.assertFalse(user._is_internal())
        self.assertSignedIn(user)
        self.assertIn("Welcome", self.get(f"/my/club/{member.id}").text)
        self.assertNotIn("Welcome to", self.get(f"/my/club/{member.id}").text)

    def test_without_an_address_the_mobile_is_the_login_and_no_password_is_needed(self):
        self.ask_code("۰۹۱۲ ۱۲۳ ۴۵۶۷")
        self.type_code()

        self.fill()

        user = self.member_of().partner_id.user_ids
        self.assertEqual(user.login, MOBILE)
        self.env.cr.execute("SELECT password FROM res_users WHERE id = %s", [user.id])
        self.assertFalse(self.env.cr.fetchone()[0])

    def test_what_stands_behind_a_question_mark_harms_nothing(self):
        for address in ("/club/join", "/club"):
            for typed in ("x", "²", "9" * 30):
                with self.subTest(address=address, typed=typed):
                    answer = self.get(f"{address}?club_id={typed}")
                    self.assertEqual(answer.status_code, 200)

    def test_sent_twice_it_makes_one_member(self):
        self.prove()
        self.get("/club/join")
        first = self.post("/club/join/submit", name="Sara")
        again = self.fill()

        self.assertEqual(len(self.member_of()), 1)
        self.assertLeads(first, f"/my/club/{self.member_of().id}")
        self.assertIn(again.status_code, (303, 400))
        self.assertEqual(len(self.member_of().partner_id.user_ids), 1)

    def test_an_existing_contact_becomes_the_member(self):
        contact = self.env["res.partner"].create({"name": "Karimi", "phone": "0912-123-4567"})
        contact.country_id = self.env.ref("base.ir")
        self.prove()

        self.fill()

        self.assertEqual(self.member_of().partner_id, contact)
        self.assertEqual(contact.name, "Sara Karimi", "her own words count more")

    def test_a_strangers_address_on_an_old_contact_does_not_open_the_account(self):
        contact = self.env["res.partner"].create(
            {"name": "Guest", "phone": MOBILE, "email": "mallory@example.com"}
        )
        self.prove()

        self.fill()

        user = contact.user_ids
        self.assertEqual(user.login, MOBILE)
        found = self.env["res.users"].search(
            self.env["res.users"]._get_email_domain("mallory@example.com")
        )
        self.assertFalse(found, "a reset by e-mail would open it")

    def test_an_old_contacts_address_goes_when_an_account_is_made(self):
        for mobile, typed in ((MOBILE, {}), (OTHER, {"email": "sara@example.com"})):
            with self.subTest(typed=typed):
                contact = self.env["res.partner"].create(
                    {"name": "Sara", "phone": mobile, "email": "mallory@example.com"}
                )
                self.prove(mobile)
                self.fill(**typed)
                self.leave()

                self.assertTrue(contact.user_ids)
                self.assertEqual(contact.email, typed.get("email", False))

    def test_a_companys_contact_gets_no_login_online(self):
        member = self.holder()
        member.partner_id.parent_id = self.env["res.partner"].create(
            {"name": "Trade Ltd", "is_company": True}
        )

        answer = self.prove()

        self.assertIn("given in the shop", answer.text)
        self.assertFalse(member.partner_id.user_ids)
        self.assertEqual(self.fill().status_code, 422)
        self.assertFalse(member.partner_id.user_ids)

    def test_numbers_without_end_in_the_form_harm_nothing(self):
        self.prove()

        answer = self.fill(**{f"terms_{'9' * 5000}": "1"})

        self.assertLeads(answer, f"/my/club/{self.member_of().id}")

    def test_an_account_with_a_password_is_not_taken_over(self):
        shopper = self.env["res.partner"].create({"name": "Shopper", "phone": MOBILE})
        user = self.env["res.users"].create(
            {"login": "shopper", "partner_id": shopper.id, "group_ids": self.portal_group()}
        )
        self.env["res.users.log"].with_user(user).sudo().create({})
        self.prove()

        answer = self.fill()

        self.assertEqual(answer.status_code, 422)
        self.assertIn("with its password", self.errors(answer))
        self.assertFalse(self.member_of())
        self.assertSignedIn(None)

    def portal_group(self):
        return [(6, 0, self.env.ref("base.group_portal").ids)]

    def test_a_taken_address_is_not_told_and_the_mobile_signs_in(self):
        self.env["res.users"].create(
            {"name": "Other", "login": "taken@example.com", "group_ids": self.portal_group()}
        )
        self.prove()

        answer = self.fill(email="taken@example.com")

        self.assertEqual(answer.status_code, 303)
        self.assertEqual(self.member_of().partner_id.user_ids.login, MOBILE)

    def test_a_weak_password_makes_nothing(self):
        self.prove()

        answer = self.fill(password="short")

        self.assertEqual(answer.status_code, 422)
        self.assertFalse(self.member_of())
        self.assertFalse(self.env["res.partner"].search([("phone", "=", MOBILE)]))

    def test_terms_have_to_be_accepted(self):
        version = self.published_terms()
        self.prove()
        self.get("/club/join")

        answer = self.post("/club/join/submit", name="Sara")

        self.assertEqual(answer.status_code, 422)
        self.assertFalse(self.member_of())
        self.assertLeads(self.fill(), f"/my/club/{self.member_of().id}")
        self.assertFalse(self.member_of()._terms_due())
        self.assertTrue(version)

    def published_terms(self):
        agreement = self.env["loyalty.club.agreement"].search([("club_id", "=", self.club.id)])
        version = self.env["loyalty.club.agreement.version"].create(
            {"agreement_id": agreement[:1].id, "body": "<p>Be nice.</p>"}
        )
        version.sudo().write({"state": "published"})
        return version

    def test_consents_are_off_unless_ticked(self):
        purpose = self.env["loyalty.club.purpose"].search(
            [("club_id", "=", self.club.id), ("code", "=", "marketing")]
        )
        self.prove()
        page = self.get("/club/join").text
        self.assertNotIn('checked="checked"', page)
        wording = {f"wording_{purpose.id}": str(purpose.version_id.id)}

        self.fill(**wording, **{f"consent_{purpose.id}_sms": "1"})

        given = self.member_of().consent_ids.filtered("given")
        self.assertEqual(
            [(c.purpose_id, c.channel, c.source) for c in given], [(purpose, "sms", "join")]
        )

    def test_mandatory_fields_are_asked(self):
        self.club.profile_field_ids.filtered(lambda f: f.code == "email").mandatory = True
        self.prove()

        answer = self.fill()

        self.assertEqual(answer.status_code, 422)
        self.assertFalse(self.member_of())

    def test_nobody_gets_past_the_code(self):
        self.ask_code()

        answer = self.post("/club/join/submit", name="Sara")

        self.assertLeads(answer, "/club/join")
        self.assertFalse(self.member_of())

    def test_a_proof_ends(self):
        self.prove()
        with patch.object(mobile_flow, "_PROVEN_FOR", -1):
            answer = self.fill()

        self.assertLeads(answer, "/club/join")
        self.assertFalse(self.member_of())

    def test_machines_that_fill_in_everything_get_no_code(self):
        self.get("/club/join")

        answer = self.post("/club/mobile", mobile=MOBILE, nickname="Bot")

        self.assertLeads(answer, "/club/join")
        self.assertFalse(self.texts_to(MOBILE))

    def test_a_closed_door_takes_nobody(self):
        self.club.open_to_join = False

        self.assertEqual(self.get("/club/join").status_code, 404)
        self.assertEqual(self.get(f"/club/join/{self.club.id}").status_code, 404)
        self.assertEqual(self.get(f"/club/join/{10**9}").status_code, 404)

    def test_a_form_without_token_is_refused(self):
        self.get("/club/join")

        answer = self.url_open("/club/mobile", data={"mobile": MOBILE}, allow_redirects=False)

        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.texts_to(MOBILE))

    def test_another_members_identity_code_opens_nothing(self):
        field = self.club.profile_field_ids.filtered(lambda f: f.code == "identity_code")
        field.write({"asked": True, "step": "join"})
        victim = self.holder(OTHER, name="Victim")
        victim.write({"identity_type": "national", "identity_code": "0499370899"})
        self.prove()

        answer = self.fill(identity_type="national", identity_code="0499370899")

        self.assertEqual(answer.status_code, 422)
        self.assertNotIn("Victim", answer.text)
        self.assertNotIn(victim.number, answer.text)
        self.assertFalse(self.member_of())
        self.assertFalse(victim.partner_id.user_ids)

    def test_who_is_signed_in_joins_with_her_own_contact(self):
        buyer = self.env["res.partner"].create({"name": "Buyer"})
        self.env["res.users"].create(
            {
                "login": "buyer",
                "password": "buyer-buyer",
                "partner_id": buyer.id,
                "group_ids": self.portal_group(),
            }
        )
        self.authenticate("buyer", "buyer-buyer")
        self.prove()

        answer = self.fill(name="Buyer")

        self.assertEqual(self.member_of().partner_id, buyer)
        self.assertLeads(answer, f"/my/club/{self.member_of().id}")
        self.assertEqual(len(buyer.user_ids), 1)

    def test_an_employee_joins_and_stays_an_employee(self):
        self.authenticate(self.cashier.login, self.cashier.login)
        self.prove()

        self.fill(name="Cashier")

        self.assertEqual(self.member_of().partner_id, self.cashier.partner_id)
        self.assertTrue(self.cashier._is_internal())

    def test_who_is_signed_in_does_not_take_anothers_mobile(self):
        victim = self.holder(name="Victim")
        self.login_of(self.new_member("Mallory"), "mallory")
        self.env["loyalty.club.member"].search([("partner_id.name", "=", "Mallory")]).unlink()
        self.authenticate("mallory", "mallory")
        self.prove()

        answer = self.fill(name="Mallory")

        self.assertEqual(answer.status_code, 422)
        self.assertNotIn("Victim", answer.text)
        self.assertEqual(self.member_of(), victim)


class _KnownCode:
    """Chance, but for the code, which the tour has to know."""

    token_hex = staticmethod(secrets.token_hex)

    @staticmethod
    def randbelow(_limit):
        return 123456


@tagged("post_install", "-at_install")
class TestJoinTour(DoorCase):
    """In a browser, from the number to the card on the screen."""

    def test_join_tour(self):
        with patch.object(one_time_code, "secrets", _KnownCode()):
            self.start_tour("/club/join", "club_join", login=None)

        member = self.member_of()
        self.assertEqual(member.partner_id.name, "Sara Karimi")
        self.assertFalse(member.consent_ids)
