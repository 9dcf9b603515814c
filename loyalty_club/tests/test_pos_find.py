"""One field at the till for everything by which a customer is known, and joining there."""

import doctest
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ..domain import names
from ..models.pos_find import MOST_HITS, NAME_WORDS
from .ledger_common import LedgerCommon

MOBILE = "09121234567"
NATIONAL = "0499370899"


@tagged("post_install", "-at_install")
class TestPosFind(LedgerCommon):
    """A till whose customer Sara has a mobile, a card, a national code and a number."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member.partner_id.write({"name": "سارا احمدي", "phone": MOBILE})
        cls.member.write({"identity_type": "national", "identity_code": NATIONAL})
        cls.card = cls.env["loyalty.club.card"]._issue(cls.club, cls.member)
        cls.seller = new_test_user(
            cls.env, "club_till_user", groups="base.group_user,point_of_sale.group_pos_user"
        )

    def find(self, text, user=None):
        return self.till.with_user(user or self.seller)._club_find(text)

    def enrol(self, mobile, **values):
        terms = self.club._terms_in_force().ids
        return self.till.with_user(self.seller)._club_enrol(mobile, **{"terms": terms} | values)

    def named(self, *texts):
        """Ids of the contacts whom each of ``texts`` names alone."""
        return [(self.find(text)["exact"] or {}).get("partner_id") for text in texts]

    # --- exactly ------------------------------------------------------------------------

    def test_everything_by_which_she_is_known_names_her(self):
        mine = self.member.partner_id.id
        persian = MOBILE.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
        texts = (
            MOBILE,
            persian,
            "+98 912 123 4567",
            NATIONAL,
            self.member.number,
            self.card.number,
            self.member.number.lower(),
        )
        self.assertEqual(self.named(*texts), [mine] * len(texts))
        answer = self.find(MOBILE)["exact"]
        self.assertLessEqual({"card", "programs", "tier", "message"}, answer.keys())

    def test_nothing_and_nonsense_name_nobody(self):
        nobody = {"exact": False, "hits": [], "more": False, "message": False, "enrol": False}
        for text in ("", " ", "a", "!!", None, 12, ["x"], "1" * 65, "zzzz", "'; DROP", "12345"):
            with self.subTest(text=text):
                self.assertEqual(self.find(text), nobody)

    def test_a_card_that_is_stopped_says_why(self):
        self.card._report_lost("Test")
        answer = self.find(self.card.number)
        self.assertFalse(answer["exact"])
        self.assertIn("lost", answer["message"])

    def test_another_clubs_members_are_not_found(self):
        other = self.env["loyalty.club"].create({"name": "Other", "sequence": 2})
        stranger = self.env["res.partner"].create({"name": "Neda", "phone": "09351112233"})
        self.env["loyalty.club.member"].create({"partner_id": stranger.id, "club_id": other.id})
        self.assertFalse(self.find("Neda")["hits"])
        self.assertFalse(self.find("09351112233")["exact"])

    def test_identity_codes_are_counted(self):
        refusal = "odoo.addons.loyalty_club.models.rate_limit.LoyaltyClubRateLimit"
        with patch(f"{refusal}._identity_refusal", return_value="too often") as counted:
            self.assertFalse(self.find(NATIONAL)["exact"])
            self.assertTrue(self.find(MOBILE)["exact"])
        self.assertEqual(counted.call_count, 1)

    # --- by name ------------------------------------------------------------------------

    def test_names_are_found_however_they_are_spelled(self):
        for text in ("سارا", "احمدی", "احمدي سارا", "سا اح", "سـارا"):
            with self.subTest(text=text):
                hit = self.find(text)["hits"][0]
                self.assertEqual(hit["partner_id"], self.member.partner_id.id)
        self.assertEqual(hit["mobile"], "4567")
        self.assertEqual(hit["number"], self.member.number)
        self.assertNotIn(MOBILE[1:], str(hit), "the whole number is not told")

    def test_fold_of_the_database_is_that_of_the_domain(self):
        self.assertFalse(doctest.testmod(names).failed)
        for name in ("علي‌رضا كَريمي", "ۀة أإآ ؤ ئ", "۱۲ ٣٤", "Anna-Lena O'Neil", "مُحَمَّد"):
            self.env.cr.execute(
                "SELECT translate(lower(%s), %s, %s)",
                (name, names.FOLDED_FROM, names.FOLDED_TO),
            )
            folded = self.env.cr.fetchone()[0]
            with self.subTest(name=name):
                self.assertEqual(names.words(folded), names.words(name))

    def test_the_best_name_comes_first_and_ten_are_enough(self):
        for count in range(12):
            self.new_member(f"Mina Test{count:02}")
        exact = self.new_member("Mina Test")
        answer = self.find("mina test")
        self.assertEqual(len(answer["hits"]), MOST_HITS)
        self.assertEqual(answer["hits"][0]["partner_id"], exact.partner_id.id)
        self.assertTrue(answer["more"])
        self.assertFalse(self.find("Mina Test03")["more"])

    def test_closed_memberships_are_left_out_and_suspended_ones_are_told(self):
        member = self.new_member("Closed Person")
        member.action_suspend()
        self.assertEqual([hit["active"] for hit in self.find("closed")["hits"]], [False])
        member.state = "closed"
        self.assertFalse(self.find("closed")["hits"])

    def test_finding_costs_few_statements_and_names_use_their_index(self):
        self.find("سارا")
        self.env.flush_all()
        with self.assertQueryCount(3):
            self.find("سارا")
        self.find(MOBILE)
        self.env.invalidate_all()
        with self.assertQueryCount(16):  # with the whole panel, from nothing read
            self.find(MOBILE)
        query = SQL(
            "EXPLAIN SELECT id FROM res_partner WHERE %s @@ to_tsquery('simple', 'sara')",
            SQL(NAME_WORDS),
        )
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        plan = "\n".join(row[0] for row in self.env.execute_query(query))
        self.assertIn("res_partner_club_words_index", plan)

    # --- joining ------------------------------------------------------------------------

    def test_a_number_of_nobody_can_be_enrolled_at_once(self):
        self.env["loyalty.club.purpose"].search([]).write({"use_sms": True})
        form = self.find("۰۹۳۵ ۱۱۱ ۲۲۳۳")["enrol"]
        self.assertEqual(form["mobile"], "0935 111 2233")
        consent = next(c for c in form["consents"] if c["channels"])
        code, channel = consent["code"], consent["channels"][0][0]
        answer = self.enrol(
            form["mobile"],
            name="Neda",
            consents=[[code, channel, consent["version"], True]],
        )
        self.assertTrue(answer["enrolled"])
        member = self.env["loyalty.club.member"]._find(
            self.club, self.env["res.partner"].browse(answer["partner_id"])
        )
        self.assertEqual((member.partner_id.name, member.mobile), ("Neda", "+989351112233"))
        self.assertEqual((member.channel, member.branch_id), ("pos", self.branch))
        given = member.consent_ids.filtered("given")
        self.assertEqual(given.mapped(lambda c: (c.purpose_id.code, c.channel)), [(code, channel)])
        self.assertEqual(given.source, "pos")
        self.assertFalse(member.terms_due)

    def test_enrolling_twice_is_enrolling_once(self):
        first, second = self.enrol("09351112233"), self.enrol("+989351112233")
        self.assertEqual((second["partner_id"], second["enrolled"]), (first["partner_id"], False))

    def test_a_contact_of_that_number_becomes_the_member(self):
        known = self.env["res.partner"].create({"name": "Known", "phone": "0935-111-2233"})
        self.assertEqual(self.find("09351112233")["enrol"]["name"], "Known")
        self.assertEqual(self.enrol("09351112233")["partner_id"], known.id)

    def test_what_cannot_be_is_refused_in_words(self):
        self.member.state = "closed"
        for mobile in (MOBILE, "12", None):
            with self.subTest(mobile=mobile):
                answer = self.enrol(mobile)
                self.assertFalse(answer["partner_id"])
                self.assertTrue(answer["message"])

    def test_terms_in_force_are_accepted_or_nobody_joins(self):
        terms = self.env["loyalty.club.agreement"].create(
            {"name": "Terms", "club_id": self.club.id}
        )
        version = self.env["loyalty.club.agreement.version"].create(
            {"agreement_id": terms.id, "body": "<p>Rules</p>"}
        )
        version.action_publish()
        shown = self.find("09351112233")["enrol"]["terms"]
        self.assertIn(version.id, [row["id"] for row in shown])
        self.assertTrue(self.enrol("09351112233", terms=[])["message"])
        self.assertTrue(self.enrol("09351112233")["enrolled"])

    def test_only_cashiers_look_and_enrol(self):
        employee = new_test_user(self.env, "club_employee", groups="base.group_user")
        till = self.till.with_user(employee)
        with self.assertRaises(AccessError):
            till._club_find(MOBILE)
        with self.assertRaises(AccessError):
            till._club_enrol(MOBILE)

    def test_a_till_without_a_club_enrols_nobody(self):
        with (
            patch.object(type(self.till), "_club", lambda config: config.env["loyalty.club"]),
            self.assertRaises(UserError),
        ):
            self.enrol("09351112233")
