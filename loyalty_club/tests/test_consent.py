from unittest.mock import patch

from psycopg2.errors import RaiseException

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .consent_common import ConsentCommon

SARA, OMID = "+989121110001", "+989121110002"


@tagged("post_install", "-at_install")
class TestConsent(ConsentCommon):
    """Nobody is written to who has not said yes, and each answer can be shown later."""

    def test_off_until_somebody_says_yes(self):
        for channel in ("sms", "email", "push", "phone"):
            self.assertFalse(self.agree(channel))
        self.assertFalse(self.sara.consent_ids)

        self.say(self.sara, True)

        self.assertEqual(self.agree("sms"), self.sara)
        self.assertFalse(self.agree("email"), "each channel is asked for itself")
        self.assertFalse(self.agree("sms", "survey"), "each purpose is asked for itself")

    def test_each_answer_is_a_fact_with_wording_source_and_proof(self):
        change = self.say(self.sara, True, source="join", proof="IP 12ab")
        again = self.say(self.sara, True, source="portal")
        back = self.say(self.sara, False, source="link")

        self.assertFalse(again, "the same answer to the same words is no change")
        self.assertEqual(self.facts(), [("sms", True, "join"), ("sms", False, "link")])
        self.assertEqual((change.proof, change.version_id.number), ("IP 12ab", 1))
        self.assertEqual(change.version_id.text, self.marketing.text)
        self.assertEqual(self.sara.consent_ids.mapped("given"), [False])
        self.assertEqual(self.sara.consent_ids.since, back.date)

    def test_facts_are_never_changed(self):
        change = self.say(self.sara, True)

        with self.assertRaises(UserError):
            change.given = False
        with self.assertRaises(UserError):
            change.unlink()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(RaiseException),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE loyalty_club_consent_change SET given = FALSE WHERE id = %s", [change.id]
            )

    def test_unticked_box_is_no_answer_but_an_objection_is(self):
        self.say(self.sara, False, source="join")
        self.assertEqual(self.facts(), [])
        self.assertFalse(self.on_list(SARA))

        self.say(self.sara, False, source="sms")

        self.assertEqual(self.facts(), [("sms", False, "sms")])
        self.assertTrue(self.on_list(SARA))

    def test_imported_list_does_not_undo_a_no(self):
        self.say(self.sara, False, source="link")

        self.say(self.sara | self.omid, True, source="import")

        self.assertEqual(self.agree(), self.omid)
        self.assertEqual(self.sara.consent_ids.mapped("given"), [False])
        self.assertEqual(self.facts(), [("sms", False, "link")])
        self.assertTrue(self.on_list(SARA))

    def test_imported_yes_leaves_the_blacklist_alone(self):
        self.env["phone.blacklist"]._add([OMID])

        self.say(self.omid, True, source="import")

        self.assertFalse(self.agree())
        self.say(self.omid, False)
        self.say(self.omid, True, source="portal")
        self.assertEqual(self.agree(), self.omid)

    def test_new_wording_is_a_new_answer(self):
        first = self.say(self.sara, True).version_id
        self.marketing.text = "Yes, send me offers, also of your partners."

        second = self.say(self.sara, True).version_id

        self.assertEqual((first.number, second.number), (1, 2))
        self.assertEqual(second.text, "Yes, send me offers, also of your partners.")
        self.assertIn("offers and news", first.text)
        self.assertEqual(self.facts(), [("sms", True, "portal")] * 2)

    def test_answer_is_to_the_words_that_were_shown(self):
        shown = self.club._consent_choices()[0]["version"]
        self.marketing.text = "Other words"

        change = self.say(self.sara, True, versions={"marketing": shown.id})

        self.assertEqual(change.version_id, shown)

    def test_foreign_wording_is_not_taken_for_the_one_shown(self):
        foreign = self.purpose("survey")._versions()[self.purpose("survey").id]

        change = self.say(self.sara, True, versions={"marketing": foreign.id})

        self.assertEqual(change.version_id.purpose_id, self.marketing)

    def test_translation_is_a_wording_as_well(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        before = self.marketing._versions()[self.marketing.id]

        self.marketing.update_field_translations("text", {"fa_IR": "بله، بفرستید."})

        after = self.marketing._versions()[self.marketing.id]
        self.assertEqual(after.number, before.number + 1)
        self.assertEqual(after.with_context(lang="fa_IR").text, "بله، بفرستید.")

    def test_what_is_not_asked_cannot_be_agreed_to(self):
        for code, channel in (("marketing", "general"), ("nonsense", "sms"), ("service", "sms")):
            with self.subTest(code=code, channel=channel), self.assertRaises(UserError):
                self.say(self.sara, True, channel, code)
        self.say(self.sara, False, "general", "nonsense", source="sms")
        self.assertEqual(self.facts(), [])

    def test_source_is_one_we_know(self):
        with self.assertRaises(ValueError):
            self.say(self.sara, True, source="gossip")

    def test_purpose_that_needs_no_message(self):
        self.say(self.sara, True, "general", "profiling")
        self.sara.partner_id.write({"phone": False, "email": False})

        self.assertEqual(self.agree("general", "profiling"), self.sara)


@tagged("post_install", "-at_install")
class TestWhoAgrees(ConsentCommon):
    """Who agrees now: asked of one, of many, and of all by a domain."""

    def both(self, channel="sms", code="marketing"):
        """Who agrees, by the method and by the domain, which must say the same."""
        members = self.sara | self.omid
        domain = members._agreed_domain(code, channel)
        found = self.env["loyalty.club.member"].search(domain & Domain("id", "in", members.ids))
        agreed = members._agreed(code, channel)
        self.assertEqual(set(found), set(agreed))
        return agreed

    def test_service_messages_need_no_consent(self):
        self.assertEqual(self.both("sms", "service"), self.sara | self.omid)
        self.env["phone.blacklist"]._add([SARA])
        self.assertEqual(self.both("sms", "service"), self.sara | self.omid)
        self.sara.partner_id.phone = False
        self.assertEqual(self.both("sms", "service"), self.omid)

    def test_legitimate_interest_lasts_until_somebody_objects(self):
        self.purpose("survey").legal_basis = "legitimate_interest"
        self.assertEqual(self.both("sms", "survey"), self.sara | self.omid)

        self.say(self.sara, False, code="survey", source="link")

        self.assertEqual(self.both("sms", "survey"), self.omid)

    def test_blacklist_address_and_membership_count(self):
        (self.sara | self.omid)._set_consents(
            {("marketing", "sms"): True, ("marketing", "email"): True}, "portal"
        )
        self.assertEqual(self.both("sms"), self.sara | self.omid)

        self.env["mail.blacklist"]._add("Sara@Example.com")
        self.assertEqual(self.both("email"), self.omid)
        self.assertEqual(self.both("sms"), self.sara | self.omid)
        self.omid.partner_id.phone = "02188001234"
        self.assertEqual(self.both("sms"), self.sara, "a landline reads no SMS")
        self.omid._close("Moved away")
        self.assertFalse(self.both("email"))

    def test_profile_that_asks_for_no_contact_counts(self):
        self.say(self.sara | self.omid, True)
        self.sara.preferred_channel = "none"

        self.assertEqual(self.both(), self.omid)
        self.assertEqual(self.both("sms", "service"), self.sara | self.omid)

    def test_channel_that_is_not_used_any_more(self):
        self.say(self.sara, True)
        self.marketing.use_sms = False
        self.assertFalse(self.both())

    def test_archived_purpose_agrees_to_nothing(self):
        self.say(self.sara, True)
        self.marketing.active = False
        self.assertFalse(self.both())

    def test_search_fields_for_segments(self):
        self.say(self.sara, True)
        self.say(self.omid, True, "email")
        ours = [("id", "in", (self.sara | self.omid).ids)]
        Member = self.env["loyalty.club.member"]

        self.assertEqual(Member.search([("agrees_sms", "=", True), *ours]), self.sara)
        self.assertEqual(Member.search([("agrees_sms", "=", False), *ours]), self.omid)
        self.assertEqual(Member.search([("agrees_email", "!=", False), *ours]), self.omid)
        self.assertEqual((self.sara.agrees_sms, self.omid.agrees_sms), (True, False))
        self.assertFalse(Member.search([("agrees_push", "=", True), *ours]))

    def test_search_works_with_a_cashiers_rights(self):
        self.say(self.sara, True)
        Member = self.env["loyalty.club.member"].with_user(self.cashier)
        self.assertIn(self.sara.id, Member.search([("agrees_sms", "=", True)]).ids)

    def test_many_members_cost_as_many_statements_as_one(self):
        crowd = self.env["loyalty.club.member"].create(
            [
                {"partner_id": partner.id, "club_id": self.club.id}
                for partner in self.env["res.partner"].create(
                    [{"name": f"Member {number}"} for number in range(40)]
                )
            ]
        )
        choices = {("marketing", "sms"): True, ("survey", "email"): True}

        def cost(members):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            members._set_consents(choices, "import")
            members._agreed("marketing", "sms")
            return self.env.cr.sql_log_count - before

        cost(self.sara)  # caches of the registry
        one, many = cost(self.omid), cost(crowd)

        self.assertLessEqual(many, one + 2)
        self.assertEqual(len(crowd.consent_ids), 80)


@tagged("post_install", "-at_install")
class TestBlacklists(ConsentCommon):
    """Odoo's own mailings leave out whoever said no to the club."""

    def test_no_puts_on_the_list_and_yes_takes_off(self):
        self.say(self.sara, True)
        self.say(self.sara, True, "email")
        self.assertFalse(self.on_list(SARA) or self.on_list("sara@example.com"))

        self.say(self.sara, False)
        self.assertTrue(self.on_list(SARA))
        self.assertFalse(self.on_list("sara@example.com"))
        self.say(self.sara, False, "email")
        self.assertTrue(self.on_list("sara@example.com"))

        self.say(self.sara, True)
        self.say(self.sara, True, "email")
        self.assertFalse(self.on_list(SARA) or self.on_list("sara@example.com"))
        self.say(self.sara, False, "email")
        self.assertTrue(self.on_list("sara@example.com"), "a row of old comes back")

    def test_other_purposes_leave_the_lists_alone(self):
        self.say(self.sara, False, code="survey", source="link")
        self.assertFalse(self.on_list(SARA))

    def test_no_to_one_club_is_none_to_the_other(self):
        other = self.env["loyalty.club"].create({"name": "Other"})
        twin = self.env["loyalty.club.member"].create(
            {"partner_id": self.sara.partner_id.id, "club_id": other.id}
        )
        self.say(self.sara | twin, True)

        self.say(self.sara, False)

        self.assertFalse(self.on_list(SARA))
        self.assertEqual((self.sara | twin)._agreed("marketing", "sms"), twin)
        self.say(twin, False)
        self.assertTrue(self.on_list(SARA))


@tagged("post_install", "-at_install")
class TestConsentRights(ConsentCommon):
    def test_nobody_writes_answers_by_hand(self):
        self.say(self.sara, True)
        manager = new_test_user(
            self.env, "consent_manager", groups="loyalty_club.group_manager,base.group_system"
        )
        consent = self.sara.consent_ids.with_user(manager)

        with self.assertRaises(AccessError):
            consent.given = False
        with self.assertRaises(AccessError):
            self.sara.with_user(manager).write({"consent_ids": [(5,)]})
        with self.assertRaises(AccessError):
            consent.unlink()

    def test_context_gives_a_new_member_no_consents(self):
        partner = self.env["res.partner"].create({"name": "New"})
        row = {
            "purpose_id": self.marketing.id,
            "channel": "sms",
            "given": True,
            "since": fields.Datetime.now(),
            "source": "portal",
            "club_id": self.club.id,
            "company_id": self.company.id,
        }
        member = (
            self.env["loyalty.club.member"]
            .with_context(default_consent_ids=[(0, 0, row)])
            .create({"partner_id": partner.id, "club_id": self.club.id})
        )
        self.assertFalse(member.consent_ids)


@tagged("post_install", "-at_install")
class TestConsentMerge(ConsentCommon):
    """Two memberships become one: answers follow, and the “no” wins."""

    def merge(self):
        self.omid._merge_into(self.sara, "the same person")
        self.env.invalidate_all()

    def state(self):
        return {
            (consent.purpose_id.code, consent.channel): consent.given
            for consent in self.sara.consent_ids
        }

    def test_answers_follow_and_the_stricter_wins(self):
        self.say(self.omid, True, "email")  # only there: follows
        self.say(self.sara, True, "sms")
        self.say(self.omid, False, "sms", source="link")  # differs: no
        self.say(self.sara, False, "phone", source="link")
        self.say(self.omid, True, "phone")  # differs: no
        self.say(self.omid, False, code="survey", source="link")  # only there: follows

        self.merge()

        self.assertEqual(
            self.state(),
            {
                ("marketing", "email"): True,
                ("marketing", "sms"): False,
                ("marketing", "phone"): False,
                ("survey", "sms"): False,
            },
        )
        self.assertFalse(self.omid.consent_ids)

    def test_a_no_that_a_yes_at_the_same_address_outweighed_stands_after_the_merge(self):
        self.reachable(self.omid, "09121110001", "sara@example.com")
        for channel in ("sms", "email"):
            self.say(self.omid, True, channel)
            self.say(self.sara, True, channel)
            self.say(self.sara, False, channel, source="link")
        self.assertFalse(self.on_list(SARA) or self.on_list("sara@example.com"))

        self.merge()

        self.assertTrue(self.on_list(SARA) and self.on_list("sara@example.com"))

    def test_history_stands_with_the_survivor(self):
        self.say(self.omid, True, "email", source="join")

        self.merge()

        self.assertEqual(self.facts(self.omid), [])
        self.assertEqual(self.facts(), [("email", True, "join"), ("email", True, "merge")])

    def test_answer_to_a_merged_membership_is_the_survivors(self):
        self.merge()

        self.say(self.omid, True)

        self.assertEqual(self.agree(), self.sara)


@tagged("post_install", "-at_install")
class TestPurpose(ConsentCommon):
    def test_club_begins_with_purposes_in_every_language(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        with patch.object(
            type(self.env["loyalty.club"]),
            "_purpose_words",
            lambda club: dict.fromkeys(
                ("service", "marketing", "survey", "profiling", "partners", "accounting"),
                ("نام", "متن", "داده", "گیرنده")
                if club.env.lang == "fa_IR"
                else ("Name", "Text", "Data", "Nobody"),
            ),
        ):
            club = self.env["loyalty.club"].create({"name": "New"})

        purpose = self.purpose("marketing", club)
        self.assertEqual(purpose.name, "Name")
        self.assertEqual(purpose.with_context(lang="fa_IR").text, "متن")
        self.assertEqual(purpose.version_ids.mapped("number"), [1], "nobody has seen another one")

    def test_code_and_club_stay(self):
        with self.assertRaises(UserError):
            self.marketing.code = "offers"
        with self.assertRaises(UserError):
            self.purpose("survey").copy({"code": "Offers!"})

    def test_answered_purpose_is_archived_not_deleted(self):
        unused = self.purpose("survey").copy({"code": "unused"})
        self.say(self.sara, True)

        unused.unlink()
        with self.assertRaises(UserError):
            self.marketing.unlink()

    def test_shown_wording_stays(self):
        version = self.marketing._versions()[self.marketing.id]
        with self.assertRaises(UserError):
            version.text = "Something else"

    def test_form_shows_nothing_ticked(self):
        choices = self.club._consent_choices()

        self.assertEqual(
            [choice["purpose"].code for choice in choices],
            ["marketing", "survey", "profiling", "partners"],
        )
        self.assertFalse(any(row["given"] for choice in choices for row in choice["channels"]))
        self.say(self.sara, True)
        centre = self.sara._consent_choices()[0]["channels"]
        self.assertEqual([row["channel"] for row in centre if row["given"]], ["sms"])
