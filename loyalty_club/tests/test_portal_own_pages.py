import re
from unittest.mock import patch

from lxml import html

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..controllers.portal_cards import PortalCards
from ..controllers.portal_consents import PortalConsents
from ..controllers.portal_mobile import PortalMobile
from ..controllers.portal_profile import PortalProfile
from ..models.portal_login import MobileProof
from .portal_common import SECRET_NAME, PortalCase
from .test_one_time_code import CodeWords

MOBILE = "+989121234567"
PAGES = ("profile", "cards", "consents", "mobile")


class OwnPages(CodeWords, PortalCase):
    """Words in which tests speak of a member's own pages."""

    def address(self, page, member=None):
        return f"/my/club/{(member or self.member).id}/{page}"

    def send(self, page, member=None, on=None, **values):
        """Send a form of Sara's page ``on``; to the address of any member."""
        seen = self.url_open(self.address(on or page.split("/")[0]))
        token = html.fromstring(seen.content).xpath("//input[@name='csrf_token']/@value")[0]
        return self.url_open(
            self.address(page, member),
            data={"csrf_token": token, **values},
            allow_redirects=False,
        )

    def ask(self, code, **values):
        """Let the club ask for a profile field."""
        field = self.club.profile_field_ids.filtered(lambda one: one.code == code)
        field.write({"asked": True, "step": "profile", **values})

    def save(self, **values):
        """Send the form of the profile."""
        return self.send("profile/save", on="profile", **{"name": "Sara", **values})

    def said(self, response):
        nodes = html.fromstring(response.content).xpath("//*[@role='alert' or @role='status']")
        return " ".join(" ".join(node.text_content() for node in nodes).split())

    def assertDone(self, response, page):
        self.assertEqual(response.status_code, 303, self.said(response))
        self.assertURLEqual(response.headers["Location"], self.address(page))


@tagged("post_install", "-at_install")
class TestOwnPagesSecurity(OwnPages):
    """Whatever is asked for of another's membership, the answer is that of a missing one."""

    def routes(self):
        parts = (PortalProfile, PortalCards, PortalConsents, PortalMobile)
        for part in parts:
            for endpoint in vars(part).values():
                routing = getattr(endpoint, "original_routing", {})
                for address in routing.get("routes") or ():
                    yield address, routing["methods"][0]

    def test_foreign_and_missing_memberships_are_answered_alike(self):
        card = self.other.card_ids[:1]
        token = self.token()
        for route, method in self.routes():
            answers = set()
            for member_id in (self.other.id, self.other.id + 1000, 0, 10**30):
                url = route.replace("<int:member_id>", str(member_id))
                url = url.replace("<int:card_id>", str(card.id))
                data = {"csrf_token": token, "card": str(card.id), "name": "Hacked"}
                kwargs = {"data": data} if method == "POST" else {}
                answer = self.url_open(url, allow_redirects=False, **kwargs)
                self.assertNotIn(SECRET_NAME, answer.text)
                answers.add((answer.status_code, answer.headers.get("Location"), answer.text))
            with self.subTest(route=route):
                self.assertEqual(len(answers), 1, answers)
                self.assertEqual(next(iter(answers))[0], 303)
        self.assertEqual(self.other.partner_id.name, SECRET_NAME)
        self.assertEqual(card.state, "active")

    def token(self):
        seen = self.url_open(self.address("profile"))
        return html.fromstring(seen.content).xpath("//input[@name='csrf_token']/@value")[0]

    def test_visitors_are_sent_to_the_login(self):
        self.logout()
        for page in PAGES:
            answer = self.url_open(self.address(page), allow_redirects=False)
            self.assertIn("/web/login", answer.headers["Location"])

    def test_changes_need_the_pages_token_and_post(self):
        for route, method in self.routes():
            if method == "POST":
                url = route.replace("<int:member_id>", str(self.member.id))
                with self.subTest(route=route):
                    self.assertEqual(self.url_open(url, data={"x": "1"}).status_code, 400)
                    self.assertEqual(self.url_open(url).status_code, 405)

    def test_another_members_card_is_not_shown_nor_changed_under_ones_own_address(self):
        card = self.other.card_ids[:1]

        shown = self.url_open(self.address(f"cards/{card.id}"), allow_redirects=False)
        self.send("cards/lost", card=card.id)
        self.send("cards/replace", card=card.id)

        self.assertURLEqual(shown.headers["Location"], "/my/club")
        self.assertEqual(card.state, "active")

    def test_another_members_family_is_not_taken_off(self):
        self.ask("family_ids")
        relative = self.env["loyalty.club.family.member"].create(
            {"member_id": self.other.id, "name": "Ali", "relation": "child"}
        )

        self.send("family/remove", on="profile", relative=relative.id)

        self.assertTrue(relative.exists())

    def test_pages_are_kept_by_no_cache(self):
        for page in PAGES:
            self.assertEqual(self.url_open(self.address(page)).headers["Cache-Control"], "no-store")


@tagged("post_install", "-at_install")
class TestOwnProfile(OwnPages):
    """A member says who she is; what is told once is corrected by the shop."""

    def test_answers_are_kept_and_shown(self):
        self.ask("occupation")

        done = self.save(sex="female", occupation="Baker")

        self.assertDone(done, "profile")
        self.assertRecordValues(self.member, [{"sex": "female", "occupation": "Baker"}])
        page = self.url_open(self.address("profile"))
        self.assertIn("Baker", page.text)
        self.assertIn("Your profile is saved", self.said(page))

    def test_what_is_not_asked_is_not_written(self):
        self.club.profile_field_ids.filtered(lambda one: one.code == "sex").asked = False

        self.save(sex="female", number="M1", state="closed")

        self.assertFalse(self.member.sex)
        self.assertEqual(self.member.state, "active")

    def test_what_cannot_be_chosen_is_left_out(self):
        self.save(sex="dragon")

        self.assertFalse(self.member.sex)

    def test_a_birthday_is_told_once_and_then_masked(self):
        self.ask("birthday")
        day = {"birthday_year": "1990", "birthday_month": "3", "birthday_day": "21"}
        self.assertDone(self.save(**day), "profile")

        self.save(**{**day, "birthday_year": "1970"})

        self.assertEqual(self.member.birth_jalali, 101)
        self.assertEqual(self.member.age_group, "35_44")
        page = self.url_open(self.address("profile")).text
        self.assertNotIn("1990", page)
        self.assertNotIn("birthday_year", page)

    def test_persian_pages_take_persian_dates(self):
        language = self.env["res.lang"]._activate_lang("fa_IR")
        if "website" in self.env:  # a website speaks its own languages alone
            self.env["website"].search([]).language_ids |= language
        self.user.lang = "fa_IR"
        self.authenticate("sara.portal", "sara.portal")
        self.ask("birthday")

        self.save(birthday_year="۱۳۶۹", birthday_month="1", birthday_day="۱")

        self.assertEqual(self.member.birth_jalali, 101)

    def test_a_day_that_does_not_exist_is_told(self):
        self.ask("birthday")

        answer = self.save(birthday_year="1990", birthday_month="2", birthday_day="30")

        self.assertEqual(answer.status_code, 422)
        self.assertIn("is no date", self.said(answer))

    def test_an_identity_code_is_masked_and_checked(self):
        self.ask("identity_code")
        wrong = self.save(identity_type="national", identity_code="0499370898")
        self.assertEqual(wrong.status_code, 422)

        self.save(identity_type="national", identity_code="۰۴۹۹۳۷۰۸۹۹")

        page = self.url_open(self.address("profile")).text
        self.assertIn("********99", page)
        self.assertNotIn("0499370899", page)

    def test_anothers_identity_code_names_nobody(self):
        self.ask("identity_code")
        self.other.write({"identity_type": "national", "identity_code": "0499370899"})

        answer = self.save(identity_type="national", identity_code="0499370899")

        self.assertEqual(answer.status_code, 422)
        self.assertNotIn(SECRET_NAME, answer.text)
        self.assertNotIn(self.other.number, answer.text)

    def test_identity_codes_are_not_tried_out_and_nothing_is_noted(self):
        self.ask("identity_code")
        self.other.write({"identity_type": "national", "identity_code": "0499370899"})

        values = {"identity_type": "national", "identity_code": "0499370899"}
        answers = []
        for _try in range(4):
            try:  # no savepoint, which would undo the counting
                self.member._save_own_profile(dict(values))
            except UserError as error:
                answers.append(str(error))

        self.assertIn("cannot be kept", answers[2])
        self.assertIn("Too many tries", answers[3])
        self.assertFalse(self.env["loyalty.club.duplicate"].search([("reason", "=", "identity")]))

    def test_a_name_on_invoices_or_of_a_companys_contact_stays(self):
        company = self.env["res.partner"].create({"name": "Trade Ltd", "is_company": True})
        self.save(name="Sara K.")
        self.member.partner_id.parent_id = company
        self.save(name="Mallory")

        self.assertEqual(self.member.partner_id.name, "Sara K.")

        self.member.partner_id.parent_id = False
        with patch.object(type(company), "can_edit_vat", lambda _partner: False):
            self.save(name="Mallory")
        self.assertEqual(self.member.partner_id.name, "Sara K.")

    def test_family_is_named_once_and_taken_off(self):
        self.ask("family_ids")
        for _time in range(2):
            self.send("family/add", on="profile", family_name="Ali", relation="child")

        self.assertEqual(self.member.family_ids.mapped("name"), ["Ali"])

        self.send("family/remove", on="profile", relative=self.member.family_ids.id)

        self.assertFalse(self.member.family_ids.exists())

    def test_typed_texts_are_shown_as_texts(self):
        self.ask("occupation")

        self.save(occupation="<script>alert(1)</script>")

        self.assertNotIn("<script>alert", self.url_open(self.address("profile")).text)


@tagged("post_install", "-at_install")
class TestOwnCards(OwnPages):
    """Cards are shown, reported lost and replaced by their holder."""

    def test_a_card_fills_the_screen_with_its_code(self):
        card = self.member.card_ids

        self.assertIn("<svg", self.url_open(self.address("cards")).text)
        page = self.url_open(self.address(f"cards/{card.id}"))

        self.assertIn("<svg", page.text)
        self.assertIn(card.number, re.sub(r"\s", "", page.text))

    def test_a_lost_card_is_refused_and_replaced_at_once(self):
        card = self.member.card_ids

        self.assertDone(self.send("cards/lost", card=card.id), "cards")
        self.assertEqual(card.state, "lost")
        shown = self.url_open(self.address(f"cards/{card.id}"), allow_redirects=False)
        self.assertEqual(shown.status_code, 303)

        self.assertDone(self.send("cards/replace", card=card.id), "cards")
        new = self.member.card_ids - card
        self.assertRecordValues(new, [{"state": "active", "replaces_id": card.id}])

    def test_sent_twice_it_is_done_once(self):
        card = self.member.card_ids
        for page in ("cards/lost", "cards/lost", "cards/replace", "cards/replace"):
            self.assertDone(self.send(page, card=card.id), "cards")

        self.assertEqual(len(self.member.card_ids), 2)

    def test_one_member_gets_few_cards_a_day(self):
        answers = []
        for _time in range(4):
            card = self.member.card_ids.filtered(lambda one: one.state == "active")
            self.send("cards/lost", card=card.id)
            answers.append(self.send("cards/replace", card=card.id).status_code)

        self.assertEqual(answers, [303, 303, 303, 422])

    def test_a_suspended_member_gets_no_card(self):
        card = self.member.card_ids
        self.send("cards/lost", card=card.id)
        self.member.state = "suspended"

        self.assertEqual(self.send("cards/replace", card=card.id).status_code, 422)


@tagged("post_install", "-at_install")
class TestOwnConsents(OwnPages):
    """A member says yes and no whenever she likes."""

    def test_yes_and_no_are_kept_with_the_wording_that_was_read(self):
        purpose = self.env["loyalty.club.purpose"].search(
            [("club_id", "=", self.club.id), ("code", "=", "marketing")]
        )
        wording = {f"wording_{purpose.id}": purpose.version_id.id}
        tick = {f"consent_{purpose.id}_sms": "1"}

        for _time in range(2):
            self.assertDone(self.send("consents/save", **wording, **tick), "consents")
        consent = self.member.consent_ids.filtered("given")
        self.assertEqual((consent.channel, consent.version_id), ("sms", purpose.version_id))
        changes = self.env["loyalty.club.consent.change"]
        self.assertEqual(changes.search_count([("member_id", "=", self.member.id)]), 1)

        self.send("consents/save", **wording)

        self.assertFalse(self.member.consent_ids.filtered("given"))

    def test_an_empty_form_takes_nothing_back(self):
        self.member._set_consents({("marketing", "sms"): True}, "person")

        self.send("consents/save")

        self.assertTrue(self.member.consent_ids.given)

    def test_new_terms_are_asked_for_and_accepted_once(self):
        agreement = self.env["loyalty.club.agreement"].search([("club_id", "=", self.club.id)])
        version = self.env["loyalty.club.agreement.version"].create(
            {"agreement_id": agreement[:1].id, "body": "<p>Be nice.</p>"}
        )
        version.sudo().write({"state": "published"})
        self.assertIn("terms of membership have changed", self.url_open("/my/club").text)

        for _time in range(2):
            self.assertDone(self.send("terms", on="consents", version=version.id), "consents")

        self.assertFalse(self.member._terms_due())
        self.assertNotIn("terms of membership have changed", self.url_open("/my/club").text)


@tagged("post_install", "-at_install")
class TestOwnMobile(OwnPages):
    """A mobile changes when its holder has typed the code."""

    def code_sent(self, mobile=MOBILE):
        texts = self.env["loyalty.club.outbox"].search([("address", "=", mobile)])
        return re.search(r"\b[0-9]{6}\b", texts[:1].body).group()

    def test_a_new_number_is_taken_with_its_code(self):
        self.send("mobile/send", on="mobile", mobile="0912 123 4567")
        self.assertFalse(self.member.mobile)

        self.assertDone(self.send("mobile/confirm", on="mobile", code=self.code_sent()), "profile")

        self.assertEqual((self.member.mobile, self.member.proven_mobile), (MOBILE, MOBILE))

    def test_the_number_before_is_warned_once_whether_or_not_value_can_be_sent(self):
        old = "+989357654321"
        for transferable in (False, True):
            with self.subTest(transferable=transferable):
                self.env["loyalty.club.wallet.kind"].search([]).transferable = False
                self.club.kind_ids[:1].transferable = transferable
                self.member.partner_id.phone = old
                self.env["loyalty.club.outbox"].search([]).unlink()
                service = self.env["loyalty.club.self.service"].with_user(self.user)

                service._change_mobile(self.member, MobileProof(MOBILE))

                warned = self.env["loyalty.club.outbox"].search([("kind", "=", "contact_changed")])
                self.assertEqual(warned.mapped("address"), [old])

    def test_a_wrong_code_changes_nothing(self):
        self.send("mobile/send", on="mobile", mobile=MOBILE)

        answer = self.send("mobile/confirm", on="mobile", code=self.wrong(self.code_sent()))

        self.assertEqual(answer.status_code, 422)
        self.assertFalse(self.member.mobile)

    def test_anothers_number_stays_hers(self):
        self.other.partner_id.phone = MOBILE
        self.send("mobile/send", on="mobile", mobile=MOBILE)

        answer = self.send("mobile/confirm", on="mobile", code=self.code_sent())

        self.assertEqual(answer.status_code, 422)
        self.assertEqual(self.other.mobile, MOBILE)
        self.assertFalse(self.member.mobile)
        self.assertNotIn(SECRET_NAME, answer.text)

    def test_the_portals_address_form_takes_no_unproven_mobile(self):
        service = self.env["loyalty.club.self.service"].with_user(self.user)
        partner = self.member.partner_id.with_user(self.user)

        self.assertIn("confirmed by a code", service._phone_refusal(partner, MOBILE))
        self.assertIsNone(service._phone_refusal(partner, "02188001234"))
        self.assertIsNone(service._phone_refusal(partner.browse(), MOBILE))
        self.member.partner_id.phone = MOBILE
        self.assertIsNone(service._phone_refusal(partner, "0912 123 4567"))

    def test_the_address_form_itself_refuses_it(self):
        partner = self.member.partner_id
        seen = self.url_open("/my/account")
        token = html.fromstring(seen.content).xpath("//input[@name='csrf_token']/@value")[0]

        answer = self.url_open(
            "/my/address/submit",
            data={
                "csrf_token": token,
                "partner_id": partner.id,
                "name": partner.name,
                "email": "sara@example.com",
                "phone": MOBILE,
                "street": "Street 1",
                "city": "Tehran",
                "country_id": self.env.ref("base.ir").id,
            },
        ).json()

        self.assertIn("phone", answer["invalid_fields"])
        self.assertIn("confirmed by a code", " ".join(answer["messages"]))
        self.assertFalse(self.member.mobile)
