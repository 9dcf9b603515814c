from datetime import date
from decimal import Decimal

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .test_member_identity import MOBILE, IdentityCommon


class EnrolmentCommon(IdentityCommon):
    def enrol(self, channel="backend", club=None, **person):
        return self.env["loyalty.club.enrolment"]._enrol(club or self.club, person, channel)

    def contact(self, name="Nasrin", phone="0912 123 4567", **values):
        return self.env["res.partner"].create({"name": name, "phone": phone, **values})

    def members(self):
        return self.env["loyalty.club.member"].search([("club_id", "=", self.club.id)])

    def points_of(self, member):
        return member.wallet_ids.filtered(lambda wallet: wallet.type == "points").balance


@tagged("post_install", "-at_install")
class TestEnrolment(EnrolmentCommon):
    def test_a_mobile_number_alone_makes_a_member(self):
        outcome = self.enrol(mobile="۰۹۱۲ ۱۲۳ ۴۵۶۷")

        member = outcome.member
        self.assertEqual(
            (outcome.status, member.mobile, member.state), ("enrolled", MOBILE, "active")
        )
        self.assertEqual(member.partner_id.phone, MOBILE)
        self.assertTrue(self.points_card(member))

    def test_cashier_enrols_without_rights_on_contacts(self):
        entry = self.env["loyalty.club.enrolment"].with_user(self.cashier)

        outcome = entry._enrol(self.club, {"mobile": "09121234567"}, "pos", branch=self.branch)

        self.assertEqual(outcome.member.env.user, self.cashier)
        self.assertFalse(outcome.member.env.su)
        self.assertEqual((outcome.member.channel, outcome.member.branch_id), ("pos", self.branch))

    def test_the_same_person_twice_is_one_member(self):
        first = self.enrol(mobile="09121234567", name="Nasrin")

        again = self.enrol(mobile="+98 912 123 4567", name="Nasrin A.")

        self.assertEqual((again.status, again.reason), ("known", "mobile"))
        self.assertEqual(again.member, first.member)
        self.assertEqual(again.member.partner_id.name, "Nasrin")

    def test_a_contact_with_the_number_becomes_the_member(self):
        contact = self.contact(phone="۰۹۱۲۱۲۳۴۵۶۷")
        count = self.env["res.partner"].search_count([])

        outcome = self.enrol(mobile="09121234567", name="Other name", email="n@example.com")

        self.assertEqual(outcome.member.partner_id, contact)
        self.assertEqual((contact.name, contact.email), ("Nasrin", "n@example.com"))
        self.assertEqual(self.env["res.partner"].search_count([]), count)

    def test_who_enrols_herself_does_not_become_a_companys_contact(self):
        company = self.contact("Trade Ltd", is_company=True)
        buyer = self.contact("Buyer", parent_id=company.id)

        herself = self.enrol("join", mobile="09121234567", name="Sara").member

        self.assertNotIn(herself.partner_id, company | buyer)
        self.assertCountEqual(
            self.pairs(), [({"Sara", "Trade Ltd"}, "open"), ({"Sara", "Buyer"}, "open")]
        )

    def test_of_several_contacts_the_oldest_becomes_the_member_and_the_rest_is_noted(self):
        contacts = [self.contact(name) for name in ("A", "B", "C")]

        outcome = self.enrol(mobile="09121234567")

        self.assertEqual(outcome.member.partner_id, contacts[0])
        self.assertCountEqual(self.pairs(), [({"A", "B"}, "open"), ({"A", "C"}, "open")])

    def test_the_contact_who_signs_in_goes_before_older_ones(self):
        self.contact("Old")
        user = new_test_user(self.env, "nasrin", groups="base.group_portal")
        user.partner_id.phone = "09121234567"

        self.assertEqual(self.enrol(mobile="09121234567").member.partner_id, user.partner_id)

    def test_addresses_and_foreign_contacts_are_not_taken(self):
        parent = self.contact("Firm", phone=False)
        address = self.contact("Store", parent_id=parent.id, type="delivery")
        company = self.env["res.company"].create({"name": "Other Company"})
        foreign = self.contact("Foreign", company_id=company.id)
        archived = self.contact("Archived", active=False)

        outcome = self.enrol(mobile="09121234567")

        self.assertNotIn(outcome.member.partner_id, address | foreign | archived)

    def test_what_was_left_out_is_completed_and_what_was_told_stays(self):
        member = self.enrol(mobile="09121234567").member
        self.assertEqual(member.partner_id.name, MOBILE)

        self.enrol(mobile="09121234567", name="Nasrin", sex="female", birthday=date(1990, 3, 21))
        self.enrol(mobile="09121234567", name="Other", sex="male", kind="staff")

        self.assertEqual(member.partner_id.name, "Nasrin")
        self.assertEqual(
            (member.sex, member._plain_value("birthday")), ("female", date(1990, 3, 21))
        )
        self.assertEqual(member.kind, "customer")

    def test_known_by_identity_code(self):
        member = self.enrol(mobile="09121234567", identity_code="۰۴۹۹۳۷۰۸۹۹").member
        self.assertEqual(member.identity_type, "national")

        again = self.enrol(mobile="09351112233", identity_code="0499370899")

        self.assertEqual((again.status, again.reason, again.member), ("known", "identity", member))
        self.assertIn("another mobile number", again.text)
        self.assertEqual(member.mobile, MOBILE)

    def test_who_knows_a_code_only_does_not_change_how_a_member_is_reached(self):
        member = self.enrol(identity_code="0499370899", name="Nasrin").member

        self.enrol("join", identity_code="0499370899", mobile="09351112233", email="e@vil.example")
        self.assertEqual((member.partner_id.phone, member.partner_id.email), (False, False))

        self.enrol("pos", identity_code="0499370899", mobile="09351112233")
        self.assertEqual(member.mobile, "+989351112233")

    def test_known_by_card(self):
        card = self.env["loyalty.club.card"]._issue(self.club, self.member, type="physical")

        outcome = self.enrol(card_number=card.number)

        self.assertEqual((outcome.status, outcome.reason), ("known", "card"))
        self.assertEqual(outcome.member, self.member)

    def test_somebody_elses_card_is_not_handed_out(self):
        member = self.with_phone("09121234567")
        card = self.env["loyalty.club.card"]._issue(self.club, member, type="physical")

        outcome = self.enrol(mobile="09351112233", card_number=card.number)

        self.assertEqual((outcome.status, outcome.reason), ("refused", "several"))
        self.assertFalse(self.env["loyalty.club.member"]._locate(self.club, "09351112233"))

    def test_a_card_that_is_not_in_stock_leaves_nothing_behind(self):
        before = self.members()

        outcome = self.enrol(mobile="09121234567", card_number="1111111111")

        self.assertEqual(outcome.status, "refused")
        self.assertTrue(outcome.text)
        self.assertEqual(self.members(), before)

    def test_mobile_of_one_and_code_of_another_is_refused_and_noted(self):
        self.enrol(mobile="09121234567", name="One")
        self.enrol(mobile="09351112233", name="Two", identity_code="0499370899")

        outcome = self.enrol(mobile="09121234567", identity_code="0499370899")

        self.assertEqual((outcome.status, outcome.reason), ("refused", "several"))
        self.assertFalse(outcome.member)
        self.assertEqual(self.pairs(), [({"One", "Two"}, "open")])

    def test_what_cannot_be_is_refused_with_what_to_do(self):
        for reason, person in (
            ("mobile", {"mobile": "0912"}),
            ("mobile", {"mobile": "02188001234"}),
            ("nobody", {"name": "Nasrin"}),
            ("nobody", {"mobile": " "}),
            ("identity_code", {"mobile": "09121234567", "identity_code": "0499370898"}),
        ):
            with self.subTest(person=person):
                outcome = self.enrol(**person)

                self.assertEqual((outcome.status, outcome.reason), ("refused", reason))
                self.assertTrue(outcome.text)
                self.assertFalse(outcome.member)

    def test_who_closed_the_membership_is_not_enrolled_again(self):
        member = self.enrol(mobile="09121234567").member
        member._close("Left")

        outcome = self.enrol(mobile="09121234567")

        self.assertEqual((outcome.status, outcome.reason), ("refused", "closed"))
        self.assertIn("Reopen", outcome.text)

    def test_who_was_merged_is_known_as_the_one_that_stays(self):
        gone = self.enrol(mobile="09121234567").member
        gone._merge_into(self.member)

        self.assertEqual(self.enrol(mobile="09121234567").member, self.member)

    def test_consents_and_terms_are_taken_down(self):
        version = self.club_terms()

        member = self.enrol(
            "pos",
            mobile="09121234567",
            consents={("marketing", "sms"): True},
            terms_version_id=version.id,
        ).member

        self.assertIn(member, member._agreed("marketing", "sms"))
        self.assertFalse(member._terms_due())

    def club_terms(self):
        """Terms of the club that are in force."""
        agreement = self.env["loyalty.club.agreement"].search(
            [("club_id", "=", self.club.id)], limit=1
        ) or self.env["loyalty.club.agreement"].create({"name": "Terms", "club_id": self.club.id})
        version = self.env["loyalty.club.agreement.version"].create(
            {"agreement_id": agreement.id, "body": "<p>Be kind.</p>"}
        )
        version.action_publish()
        return version

    def test_groups_of_members_can_be_named_by_kind(self):
        staff = self.enrol(mobile="09121234567", kind="staff").member
        charge = self.env["loyalty.club.occasion.charge"].create(
            {
                "name": "Staff day",
                "club_id": self.club.id,
                "kind_id": self.club.points_kind_id.id,
                "amount": 5,
                "domain": "[('kind', '=', 'staff')]",
            }
        )

        charge.action_charge()

        self.assertEqual((self.points_of(staff), self.points_of(self.member)), (5, 0))


@tagged("post_install", "-at_install")
class TestEnrolPartners(EnrolmentCommon):
    def enrol_all(self, *partners, **values):
        together = self.env["res.partner"].union(*partners)
        return self.env["loyalty.club.enrolment"]._enrol_partners(
            self.club, together, "backend", self.branch, **values
        )

    def test_everybody_gets_one_answer(self):
        known = self.member.partner_id
        new = self.contact("New", phone="09351112233")
        twin = self.contact("Twin", phone="۰۹۳۵۱۱۱۲۲۳۳")
        holder = self.with_phone("09121234567", "Holder")
        sharer = self.contact("Sharer", phone="+98 912 123 4567")
        nameless = self.contact("No phone", phone=False)
        archived = self.contact("Archived", phone=False, active=False)
        closed = self.new_member("Closed")
        closed._close("Left")

        outcomes = self.enrol_all(known, new, twin, sharer, nameless, archived, closed.partner_id)

        self.assertEqual(
            [(outcome.status, outcome.reason) for outcome in outcomes.values()],
            [
                ("known", "contact"), ("enrolled", None), ("known", "mobile"), ("known", "mobile"),
                ("enrolled", None), ("refused", "archived"), ("refused", "closed"),
            ],
        )  # fmt: skip
        self.assertEqual(outcomes[twin].member, outcomes[new].member)
        self.assertEqual(outcomes[sharer].member, holder)
        self.assertCountEqual(
            self.pairs(), [({"New", "Twin"}, "open"), ({"Holder", "Sharer"}, "open")]
        )

    def test_again_changes_nothing(self):
        partners = [self.contact(f"P{n}", phone=f"0912000{n:04d}") for n in range(5)]
        first = self.enrol_all(*partners, kind="agent")
        self.assertEqual({o.member.kind for o in first.values()}, {"agent"})

        again = self.enrol_all(*partners)

        self.assertEqual({outcome.status for outcome in again.values()}, {"known"})
        self.assertEqual(
            [outcome.member for outcome in again.values()],
            [outcome.member for outcome in first.values()],
        )

    def test_queries_do_not_grow_with_the_contacts(self):
        partners = [self.contact(f"P{n}", phone=f"0912000{n:04d}") for n in range(60)]
        self.enrol_all(partners[0])
        self.env.flush_all()

        def queries(group):
            before = self.env.cr.sql_log_count
            self.enrol_all(*group)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few, many = queries(partners[1:11]), queries(partners[11:])

        self.assertLess(many, few * 2)

    def test_wizard_tells_what_became_of_the_contacts(self):
        new = self.contact("New", phone="09351112233")
        both = new | self.member.partner_id
        clerk = new_test_user(
            self.env, "clerk", groups="loyalty_club.group_user,base.group_partner_manager"
        )
        Wizard = self.env["loyalty.club.member.enrol.many"].with_user(clerk)
        wizard = Wizard.with_context(active_model="res.partner", active_ids=both.ids).create(
            {"club_id": self.club.id}
        )

        wizard.action_enrol()

        self.assertEqual(
            (wizard.done, wizard.enrolled_count, wizard.known_count, wizard.refused_count),
            (True, 1, 1, 0),
        )
        self.assertEqual(wizard.line_ids.partner_id, self.member.partner_id)
        self.assertIn("member already", wizard.line_ids.text)

    def test_wizard_is_for_users_of_the_club(self):
        auditor = new_test_user(self.env, "checker", groups="loyalty_club.group_auditor")

        with self.assertRaises(AccessError):
            self.env["loyalty.club.member.enrol.many"].with_user(auditor).create(
                {"club_id": self.club.id}
            )


@tagged("post_install", "-at_install")
class TestEnrolWizard(EnrolmentCommon):
    def form(self, mobile):
        form = Form(self.env["loyalty.club.member.enrol"].with_user(self.cashier))
        form.club_id = self.club
        form.mobile = mobile
        return form

    def test_it_shows_who_has_the_number(self):
        member = self.with_phone("09121234567")
        self.contact("Contact", phone="09351112233")

        self.assertEqual(self.form("۰۹۱۲۱۲۳۴۵۶۷").member_id, member)
        self.assertEqual(self.form("09351112233").who, "Contact")
        nobody = self.form("09351112234")
        self.assertEqual((nobody.valid, nobody.who), (True, False))
        self.assertFalse(self.form("0912").valid)

    def test_it_enrols_and_opens_the_member(self):
        form = self.form("09121234567")
        form.name = "Nasrin"

        action = form.save().action_enrol()

        member = self.env["loyalty.club.member"].browse(action["res_id"])
        self.assertEqual((member.mobile, member.partner_id.name), (MOBILE, "Nasrin"))
        self.assertEqual(member.channel, "backend")

    def test_what_is_refused_is_said(self):
        with self.assertRaisesRegex(UserError, "no mobile number"):
            self.form("0912").save().action_enrol()

    def secret(self, mobile):
        """A saved window in which somebody typed an identity code and a birthday."""
        self.club.profile_field_ids.filtered(
            lambda one: one.code in ("identity_code", "birthday")
        ).write({"asked": True, "step": "enrol"})
        form = self.form(mobile)
        form.identity_code, form.birthday = "0499370899", "1990-03-21"
        return form.save()

    def kept(self):
        """What stands of all windows in the database, as one text."""
        self.env.flush_all()
        self.env.cr.execute("SELECT to_jsonb(t)::text FROM loyalty_club_member_enrol t")
        return " ".join(row for (row,) in self.env.cr.fetchall())

    def test_identity_code_and_birthday_are_never_kept_in_clear(self):
        wizard = self.secret("09121234567")
        self.assertIn("v1.", self.kept())
        for text in ("0499370899", "1990-03-21"):
            self.assertNotIn(text, self.kept())
        with self.assertRaises(AccessError):
            wizard.read(["typed"])

        action = wizard.action_enrol()

        member = self.env["loyalty.club.member"].browse(action["res_id"])
        self.assertEqual(member._plain_value("identity_code"), "0499370899")
        self.assertEqual(str(member._plain_value("birthday")), "1990-03-21")
        self.assertNotIn("v1.", self.kept(), "and then not at all")

    def test_what_was_typed_is_forgotten_after_a_refusal(self):
        wizard = self.secret("0912")

        try:
            wizard.action_enrol()
        except UserError:
            self.assertNotIn("v1.", self.kept())
        else:
            self.fail("it is no mobile number")

    def test_clubs_of_other_companies_tell_nothing_of_their_people(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        club = self.env["loyalty.club"].create({"name": "Elsewhere", "company_id": company.id})
        self.contact("Secret", phone="09351112233", company_id=company.id)
        Wizard = self.env["loyalty.club.member.enrol"].with_user(self.cashier)

        typed = Wizard.new({"club_id": club.id, "mobile": "09351112233"})

        self.assertEqual((typed.who, typed.member_id.id, typed.asked), (False, False, ""))
        with self.assertRaises(AccessError):
            Wizard.create({"club_id": club.id, "mobile": "09351112233"})

    def test_members_of_other_companies_are_not_named_in_windows(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        club = self.env["loyalty.club"].create({"name": "Elsewhere", "company_id": company.id})
        member = self.env["loyalty.club.member"]._enrol(club, self.contact("Secret"))
        boss = new_test_user(self.env, "boss_here", groups="loyalty_club.group_manager")

        for model, values in (
            ("loyalty.club.erasure.decision", {"reason": "So"}),
            ("loyalty.club.consent.record", {}),
        ):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(boss).create({"member_id": member.id, **values})


@tagged("post_install", "-at_install")
class TestWelcomeGift(EnrolmentCommon):
    def setUp(self):
        super().setUp()
        self.club.welcome_amount = 50

    def test_whoever_joins_gets_it(self):
        member = self.enrol(mobile="09121234567").member
        by_hand = self.new_member("By hand")
        contacts = self.contact("A", phone="09351112233") | self.contact("B", phone=False)
        self.env["loyalty.club.enrolment"]._enrol_partners(self.club, contacts)

        for joined in (member, by_hand, *contacts.club_member_ids):
            self.assertPoints(50, joined)
        self.assertEqual(
            self.points_card(member).club_wallet_id.entry_ids.mapped("kind"), ["bonus"]
        )
        self.assertLedgerSound()

    def test_one_person_gets_it_once(self):
        member = self.enrol(mobile="09121234567").member
        self.enrol(mobile="09121234567")
        self.assertPoints(50, member)

        twin = self.with_phone("0912 123 4567", "Twin")
        self.assertPoints(0, twin)

    def test_who_leaves_and_comes_back_with_another_contact_gets_nothing(self):
        member = self.enrol(mobile="09121234567").member
        member._close("Left")
        member.partner_id.phone = False

        again = self.enrol(mobile="09121234567")

        self.assertEqual(again.status, "enrolled")
        self.assertPoints(0, again.member)

    def test_imported_members_get_nothing(self):
        self.assertPoints(0, self.new_member("Imported", channel="import"))

    def test_pending_members_get_it_when_they_are_admitted(self):
        member = self.new_member("Pending", state="pending")
        self.assertPoints(0, member)

        member.action_activate()
        self.assertPoints(50, member)

        member.action_suspend()
        member.action_activate()
        self.assertPoints(50, member)

    def test_another_number_brings_no_second_gift(self):
        member = self.enrol(mobile="09121234567").member
        old = self.enrol(mobile="09351112233").member
        new = self.new_member("Pending", state="pending")
        old._merge_into(new)
        self.assertPoints(50, new)

        for one, phone in ((member, "09191110001"), (new, "09191110002")):
            one.partner_id.phone = phone
            one.write({"state": "pending"})
            one.action_activate()
            self.assertPoints(50, one)

    def test_the_key_tells_no_number(self):
        member = self.enrol(mobile="09121234567").member

        key = self.points_card(member).club_wallet_id.entry_ids.sudo().idempotency_key
        self.assertNotIn("9121234567", key)

    def test_members_of_before_get_nothing_later(self):
        self.member.action_suspend()
        self.member.action_activate()

        self.assertPoints(0)

    def test_it_is_of_a_kind_that_members_hold_in_whole_steps(self):
        stamps = self.env["loyalty.club.wallet.kind"].create(
            {"name": "Stamps", "type": "stamp", "club_id": self.club.id, "rounding": 1}
        )
        with self.assertRaises(ValidationError):
            self.club.welcome_kind_id = self.new_kind("gift_card")
        with self.assertRaises(ValidationError):
            self.club.welcome_kind_id = stamps
        with self.assertRaises(ValidationError):
            self.club.welcome_amount = 0.5

    def test_it_may_be_credit(self):
        self.club.write({"welcome_kind_id": self.new_kind("ewallet").id, "welcome_amount": 12.5})

        member = self.enrol(mobile="09121234567").member

        credit = member.wallet_ids.filtered(lambda wallet: wallet.type == "ewallet")
        self.assertEqual(credit.balance, 12.5)

    def test_something_is_given_once_for_a_key(self):
        points = self.club.points_kind_id
        other = self.new_member("Other", state="pending")

        given = [
            member._give_once("profile:test", points, Decimal(7))
            for member in (self.member, self.member, other)
        ]

        self.assertEqual(given, [True, False, False])
        self.assertPoints(7)
