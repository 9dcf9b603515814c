from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import ClubCommon

MOBILE = "+989121234567"
SPELLINGS = (
    "09121234567", "۰۹۱۲ ۱۲۳ ۴۵۶۷", "٠٩١٢١٢٣٤٥٦٧", "+98 912 123 4567", "00989121234567",
    "989121234567", "9121234567", "0912-123-4567", "\u202a0912 1234567\u202c",
)  # fmt: skip


class IdentityCommon(ClubCommon):
    """Members with telephones."""

    def setUp(self):
        super().setUp()
        self.env["res.partner"].search([("phone", "!=", False)]).phone = False

    def with_phone(self, phone, name="Nasrin", **values):
        """A new member whose contact has that phone."""
        partner = self.env["res.partner"].create({"name": name, "phone": phone})
        return self.env["loyalty.club.member"].create(
            {"partner_id": partner.id, "club_id": self.club.id, **values}
        )

    def pairs(self, *states):
        """The noted pairs as sets of names, with their status."""
        pairs = self.env["loyalty.club.duplicate"].search([("club_id", "=", self.club.id)])
        return [
            ({pair.member_id.partner_id.name, pair.partner_id.name}, pair.state)
            for pair in pairs
            if not states or pair.state in states
        ]


@tagged("post_install", "-at_install")
class TestMemberMobile(IdentityCommon):
    def test_any_writing_of_a_mobile_number_is_one_number(self):
        for spelling in SPELLINGS:
            with self.subTest(spelling=spelling):
                member = self.with_phone(spelling)

                self.assertEqual(member.mobile, MOBILE)
                member.partner_id.phone = False

    def test_a_landline_is_no_mobile(self):
        for phone in ("021 8800 1234", "0912", "ask the neighbour", False):
            with self.subTest(phone=phone):
                self.assertFalse(self.with_phone(phone).mobile)

    def test_number_follows_the_contact(self):
        member = self.with_phone("09121234567")

        member.partner_id.with_user(self.env.ref("base.user_admin")).phone = "0935 111 2233"
        self.assertEqual(member.mobile, "+989351112233")

        member.partner_id.phone = "021 8800 1234"
        self.assertFalse(member.mobile)

    def test_who_has_the_number_keeps_it_and_the_other_is_noted(self):
        first = self.with_phone("09121234567", "First")
        second = self.new_member("Second")

        second.partner_id.phone = "۰۹۱۲۱۲۳۴۵۶۷"

        self.assertEqual((first.mobile, second.mobile), (MOBILE, False))
        self.assertEqual(self.pairs(), [({"First", "Second"}, "open")])

    def test_two_enrolled_together_with_one_number_are_noted(self):
        partners = self.env["res.partner"].create(
            [{"name": name, "phone": "09121234567"} for name in ("A", "B", "C")]
        )

        members = self.env["loyalty.club.member"].create(
            [{"partner_id": partner.id, "club_id": self.club.id} for partner in partners]
        )

        self.assertEqual(members.mapped("mobile"), [MOBILE, False, False])
        self.assertCountEqual(self.pairs(), [({"A", "B"}, "open"), ({"A", "C"}, "open")])

    def test_a_number_that_becomes_free_goes_to_who_waited_for_it(self):
        first = self.with_phone("09121234567", "First")
        second = self.with_phone("09121234567", "Second")

        first.partner_id.phone = "09351112233"

        self.assertEqual((first.mobile, second.mobile), ("+989351112233", MOBILE))
        self.assertEqual(self.pairs(), [({"First", "Second"}, "gone")])

        first.partner_id.phone = "09121234567"

        self.assertEqual((first.mobile, second.mobile), (False, MOBILE))
        self.assertEqual(self.pairs(), [({"First", "Second"}, "open")])

    def test_a_number_of_a_deleted_membership_goes_to_who_waited_for_it(self):
        first = self.with_phone("09121234567", "First")
        second = self.with_phone("09121234567", "Second")

        first.unlink()

        self.assertEqual(second.mobile, MOBILE)

    def test_numbers_that_are_exchanged_at_once_change_hands(self):
        first = self.with_phone("09121234567", "First")
        second = self.with_phone("09351112233", "Second")
        self.env.cr.execute(
            "UPDATE res_partner SET phone = CASE id WHEN %s THEN '09351112233'"
            " ELSE '09121234567' END WHERE id IN %s",
            (first.partner_id.id, tuple((first | second).partner_id.ids)),
        )
        self.env.invalidate_all()

        (first | second)._sync_mobile()

        self.assertEqual((first.mobile, second.mobile), ("+989351112233", MOBILE))
        self.assertFalse(self.pairs())

    def test_each_club_has_its_own_members_by_number(self):
        other = self.env["loyalty.club"].create({"name": "Other Club", "sequence": 99})
        member = self.with_phone("09121234567")

        there = self.env["loyalty.club.member"]._enrol(other, member.partner_id)

        self.assertEqual((member.mobile, there.mobile), (MOBILE, MOBILE))

    def test_the_database_itself_keeps_a_number_unique(self):
        self.with_phone("09121234567")
        other = self.new_member("Other")

        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE loyalty_club_member SET mobile = %s WHERE id = %s", (MOBILE, other.id)
            )

    def test_nobody_writes_the_number_by_hand(self):
        manager = new_test_user(self.env, "club_boss", groups="loyalty_club.group_manager")

        with self.assertRaisesRegex(UserError, "Change it there"):
            self.member.with_user(manager).mobile = MOBILE
        with self.assertRaisesRegex(UserError, "Change it there"):
            self.env["loyalty.club.member"].with_user(manager).create(
                {
                    "partner_id": self.env["res.partner"].create({"name": "Foul"}).id,
                    "club_id": self.club.id,
                    "mobile": MOBILE,
                }
            )

    def test_members_of_before_get_their_numbers(self):
        members = self.with_phone("09121234567", "A") | self.with_phone("09351112233", "B")
        twin = self.with_phone("09121234567", "A again")
        self.env.flush_all()
        self.env.cr.execute("UPDATE loyalty_club_member SET mobile = NULL")
        self.env.invalidate_all()

        self.env["loyalty.club.member"]._fill_mobiles()

        self.assertEqual(members.mapped("mobile"), [MOBILE, "+989351112233"])
        self.assertFalse(twin.mobile)

    def test_changing_many_phones_costs_a_fixed_number_of_queries(self):
        members = self.env["loyalty.club.member"]
        for index in range(40):
            members |= self.with_phone(False, f"M{index}")

        def change(group, start):
            for index, member in enumerate(group):
                self.env.cr.execute(
                    "UPDATE res_partner SET phone = %s WHERE id = %s",
                    (f"+98912{start + index:07d}", member.partner_id.id),
                )
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            group._sync_mobile()
            return self.env.cr.sql_log_count - before

        few, many = change(members[:4], 1000000), change(members[4:], 2000000)

        self.assertTrue(all(member.mobile for member in members))
        self.assertLessEqual(many, few + 2)


@tagged("post_install", "-at_install")
class TestLocate(IdentityCommon):
    def locate(self, text, club=None):
        members = self.env["loyalty.club.member"].with_user(self.cashier)
        return members._locate(club or self.club, text).sudo()

    def test_found_by_number_and_by_mobile_in_any_writing(self):
        member = self.with_phone("09121234567")
        persian = member.number.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))

        for text in (*SPELLINGS, member.number, f" {persian} "):
            with self.subTest(text=text):
                self.assertEqual(self.locate(text), member)

    def test_found_by_identity_code(self):
        self.member.identity_code = "0499370899"

        self.assertEqual(self.locate("۴۹۹-۳۷۰۸۹۹"), self.member)

    def test_found_by_the_number_of_a_card(self):
        card = self.env["loyalty.club.card"]._issue(self.club, self.member, type="physical")

        self.assertEqual(self.locate(card.number), self.member)

    def test_part_of_a_number_names_nobody(self):
        member = self.with_phone("09121234567")

        for text in ("0912123", "", False, "Nasrin", member.number[:-1], "%"):
            with self.subTest(text=text):
                self.assertFalse(self.locate(text))

    def test_merged_member_is_found_as_the_one_that_stays(self):
        gone, stays = self.with_phone("09121234567", "Gone"), self.with_phone(False, "Stays")

        gone._merge_into(stays)

        for text in ("09121234567", gone.number, stays.number):
            with self.subTest(text=text):
                self.assertEqual(self.locate(text), stays)

    def test_who_has_the_number_now_goes_before_who_was_merged(self):
        gone, stays = self.with_phone("09121234567", "Gone"), self.with_phone(False, "Stays")
        gone._merge_into(stays)
        new = self.with_phone("09121234567", "New")

        self.assertEqual(self.locate("09121234567"), new)

    def test_closed_members_and_other_clubs_are_not_found(self):
        member = self.with_phone("09121234567")
        other = self.env["loyalty.club"].create({"name": "Other Club", "sequence": 99})

        self.assertFalse(self.locate("09121234567", other))
        self.assertFalse(self.locate(member.number, other))

        member._close("Left")
        self.assertFalse(self.locate("09121234567"))
        self.assertFalse(self.locate(member.number))

    def test_costs_few_queries(self):
        self.with_phone("09121234567")
        self.locate("09121234567")
        self.env.invalidate_all()

        before = self.env.cr.sql_log_count
        self.locate("09121234567")

        self.assertLessEqual(self.env.cr.sql_log_count - before, 10)

    def test_searching_a_whole_number_names_its_member_alone(self):
        member = self.with_phone("09121234567", "Nasrin")
        self.with_phone("09121234568", "Neighbour")
        Member = self.env["loyalty.club.member"].with_user(self.cashier)

        for text in ("۰۹۱۲۱۲۳۴۵۶۷", "+98 912 123 4567", member.number):
            with self.subTest(text=text):
                self.assertEqual([found for found, _name in Member.name_search(text)], [member.id])

    def test_searching_a_number_that_two_have_shows_both(self):
        both = self.with_phone("09121234567", "First") | self.with_phone("09121234567", "Second")

        found = self.env["loyalty.club.member"].name_search("09121234567")

        self.assertCountEqual([member for member, _name in found], both.ids)

    def test_searching_the_beginning_of_a_number(self):
        member = self.with_phone("+98 912 123 4567", "Nasrin")

        for text in ("0912123", "۰۹۱۲۱۲۳", "4567"):
            with self.subTest(text=text):
                found = self.env["loyalty.club.member"].name_search(text)
                self.assertIn(member.id, [found_id for found_id, _name in found])


@tagged("post_install", "-at_install")
class TestTillSearch(IdentityCommon):
    def search(self, text, user=None):
        """Names of the contacts that a till finds, asked as stock's till asks."""
        names = ["name", "phone_mobile_search", "email"]
        domain = [*["|"] * (len(names) - 1), *([name, "ilike", f"{text}%"] for name in names)]
        partners = self.env["res.partner"].with_user(user or self.cashier)
        found = partners.get_new_partner(self.till.id, domain, 0)["res.partner"]
        return [partner["name"] for partner in found]

    def test_whoever_is_named_exactly_is_found_alone(self):
        member = self.with_phone("+98 912 123 4567", "Nasrin")
        self.with_phone("09121234568", "Neighbour")
        member.identity_code = "0499370899"

        for text in ("۰۹۱۲۱۲۳۴۵۶۷", "0912 123 4567", member.number, "0499370899"):
            with self.subTest(text=text):
                self.assertEqual(self.search(text), ["Nasrin"])

    def test_names_and_beginnings_of_numbers_search_as_in_stock(self):
        self.with_phone("+989121234567", "Zarrin Tehrani")
        self.env["res.partner"].create({"name": "Zarrin Shirazi"})

        self.assertCountEqual(self.search("Zarrin"), ["Zarrin Tehrani", "Zarrin Shirazi"])
        self.assertEqual(self.search("+98912123"), ["Zarrin Tehrani"])

    def test_who_sells_nothing_is_not_told_whose_a_code_is(self):
        self.member.identity_code = "0499370899"
        stranger = new_test_user(self.env, "stranger", groups="base.group_user")

        partners = self.env["res.partner"].with_user(stranger)

        self.assertFalse(partners._club_named_at_till(self.till.id, "0499370899"))


@tagged("post_install", "-at_install")
class TestDuplicate(IdentityCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(cls.env, "promoter", groups="loyalty_club.group_marketer")
        cls.manager = new_test_user(cls.env, "club_boss", groups="loyalty_club.group_manager")

    def setUp(self):
        super().setUp()
        self.first = self.with_phone("09121234567", "First")
        self.second = self.with_phone("09121234567", "Second")
        self.pair = self.env["loyalty.club.duplicate"].search([("club_id", "=", self.club.id)])

    def dismiss(self, reason="Mother and daughter"):
        action = self.pair.with_user(self.marketer).action_dismiss()
        wizard = self.env[action["res_model"]].with_user(self.marketer)
        wizard.with_context(**action["context"]).create({"reason": reason}).action_dismiss()

    def test_a_pair_is_noted_once(self):
        notes = self.env["loyalty.club.duplicate"]

        notes._note([(self.second, self.first), (self.first, self.second)], "email")
        notes._note([(self.first, self.second.partner_id)], "mobile")

        self.assertEqual(self.pairs(), [({"First", "Second"}, "open")])

    def test_what_was_dismissed_is_not_offered_again(self):
        self.dismiss()

        self.second.partner_id.phone = False
        self.second.partner_id.phone = "09121234567"

        self.assertEqual(self.pairs(), [({"First", "Second"}, "dismissed")])
        self.assertEqual(self.pair.decided_by_id, self.marketer)
        self.assertEqual(self.pair.note, "Mother and daughter")

    def test_dismissing_takes_a_reason_and_a_marketer(self):
        with self.assertRaisesRegex(UserError, "how you know"):
            self.dismiss(" ")
        with self.assertRaises(UserError):
            self.pair.with_user(self.cashier).sudo(False)._dismiss("I like it")

        self.assertEqual(self.pair.state, "open")

    def test_merging_opens_the_window_with_both_and_closes_the_pair(self):
        action = self.pair.with_user(self.manager).action_merge()
        wizard = self.env[action["res_model"]].with_user(self.manager)
        wizard = wizard.with_context(**action["context"]).create({})
        self.assertEqual(wizard.member_ids, self.first | self.second)

        wizard.survivor_id = self.second
        wizard.action_merge()

        self.assertEqual(self.pairs(), [({"First", "Second"}, "merged")])
        self.assertEqual(self.second.mobile, MOBILE)

    def test_other_pairs_of_the_merged_go_on_with_the_one_that_stays(self):
        self.with_phone("09121234567", "Third")

        self.first._merge_into(self.second)

        self.assertCountEqual(self.pairs("open"), [({"Second", "Third"}, "open")])
        self.assertEqual(self.second.mobile, MOBILE)

    def test_merged_contacts_are_no_pair(self):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        kept = self.second.partner_id

        wizard._merge((self.first | self.second).partner_id.ids, kept)
        self.env.invalidate_all()

        self.assertFalse(self.pairs("open"))
        survivor = kept.club_member_ids
        self.assertEqual((len(survivor), survivor.mobile), (1, MOBILE))

    def test_a_contact_that_is_merged_with_its_member_is_no_pair(self):
        lone = self.env["res.partner"].create({"name": "Lone", "phone": "0935 111 2233"})
        member = self.with_phone(False, "Member")
        self.env["loyalty.club.duplicate"]._note([(member, lone)], "email")
        self.assertIn(({"Lone", "Member"}, "open"), self.pairs())
        action = self.env["loyalty.club.duplicate"].search([("partner_id", "=", lone.id)])
        action = action.with_user(self.manager).action_merge()

        self.assertEqual(action["res_model"], "base.partner.merge.automatic.wizard")
        self.assertCountEqual(action["context"]["active_ids"], (lone | member.partner_id).ids)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((lone | member.partner_id).ids, member.partner_id)
        self.env.invalidate_all()

        self.assertEqual(member.mobile, "+989351112233")
        pair = self.env["loyalty.club.duplicate"].search([("member_id", "=", member.id)])
        self.assertEqual(pair.mapped("state"), ["merged"])

    def test_nobody_writes_pairs_by_hand(self):
        with self.assertRaises(UserError):
            self.pair.with_user(self.manager).state = "merged"
        with self.assertRaises(UserError):
            self.env["loyalty.club.duplicate"].with_user(self.manager).create(
                {
                    "member_id": self.first.id,
                    "partner_id": self.second.partner_id.id,
                    "reason": "mobile",
                }
            )
