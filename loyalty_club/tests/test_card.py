import re

from psycopg2 import DatabaseError
from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..domain import card_number
from .card_common import CardCommon


@tagged("post_install", "-at_install")
class TestCard(CardCommon):
    """A card names its holder, and what happens to it is written down."""

    # === ISSUE === #

    def test_an_issued_card_names_its_holder_however_it_is_typed(self):
        card = self.issue(type="physical")

        self.assertTrue(card_number.is_own_number(card.number))
        self.assertEqual((card.state, card.branch_id), ("active", self.sara.branch_id))
        persian = card.number.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
        for text in (card.number, persian, f" {card_number.grouped(card.number)} "):
            self.assertEqual(self.held_by(text), self.sara)

    def test_two_cards_of_one_batch_do_not_tell_each_other(self):
        cards = self.stock(count=50).card_ids.sorted("serial")

        serials = cards.mapped("serial")
        chances = {card.number[-6:-1] for card in cards}

        self.assertEqual(serials, list(range(serials[0], serials[0] + 50)))
        self.assertGreater(len(chances), 40, "the middle of a number is drawn for each card")

    def test_a_card_from_stock_goes_to_one_member_only(self):
        card = self.stock().card_ids[0]

        issued = self.issue(number=card_number.grouped(card.number))
        again = self.issue(number=card.number)

        self.assertEqual((issued, again), (card, card))
        self.assertEqual(self.events(card), ["made", "issued"])
        with self.assertRaisesRegex(UserError, "issued to somebody"):
            self.issue(self.nima, number=card.number)
        self.assertEqual(self.held_by(card.number), self.sara)

    def test_a_number_the_club_does_not_know_is_registered_by_a_marketer_alone(self):
        with self.assertRaisesRegex(UserError, "no card"):
            self.issue(number="OLD-0815")
        with self.assertRaises(AccessError):
            self.issue(number="OLD-0815", register=True)

        card = self.issue(user="marketer", number="old 0815", type="physical", register=True)

        self.assertEqual((card.number, card.state), ("OLD0815", "active"))
        self.assertEqual(self.held_by("old-0815"), self.sara)

    def test_a_bank_card_is_never_kept(self):
        with self.assertRaisesRegex(UserError, "bank card"):
            self.issue(user="manager", number="6037991234567893", register=True)

        self.assertFalse(self.Card.search([("number", "like", "6037991234567893")]))

    def test_many_members_get_their_cards_by_two_statements(self):
        members = self.sara | self.nima | self.new_member("Ali")
        self.queries_of_issue(members)  # what is read once
        few = self.queries_of_issue(self.sara)

        self.assertEqual(self.queries_of_issue(members), few)
        self.assertEqual(len(members.card_ids), 7)

    def queries_of_issue(self, members):
        self.env.flush_all()
        before = self.cr.sql_log_count
        self.Card._make_virtual(members)
        return self.cr.sql_log_count - before

    def test_new_members_get_a_virtual_card_where_the_club_says_so(self):
        self.club.auto_card = True

        members = self.env["loyalty.club.member"].create(
            [
                {
                    "partner_id": self.env["res.partner"].create({"name": name}).id,
                    "club_id": self.club.id,
                }
                for name in ("A", "B")
            ]
        )

        for member in members:
            self.assertEqual(member.card_ids.mapped("type"), ["virtual"])
            self.assertEqual(self.held_by(member.card_ids.number), member)
            self.assertEqual(member.card_ids.event_ids.mapped("kind"), ["issued"])

    def test_members_without_a_card_get_one_later(self):
        self.issue(self.nima)

        self.club.with_user(self.users["manager"]).action_issue_missing_cards()

        self.assertEqual((len(self.sara.card_ids), len(self.nima.card_ids)), (1, 1))
        self.assertEqual(self.club._issue_missing_cards(), 0)
        with self.assertRaises(AccessError):
            self.club.with_user(self.users["marketer"]).action_issue_missing_cards()

    def test_a_cashier_gives_no_discount(self):
        with self.assertRaises(AccessError):
            self.issue(discount_percent=5, discount_mode="discount")

        card = self.issue(user="manager", discount_percent=5, discount_mode="discount")

        self.assertEqual((card.discount_percent, card.discount_mode), (5, "discount"))

    def test_members_of_another_club_and_closed_ones_get_no_card(self):
        self.nima.sudo()._close("Test")
        with self.assertRaisesRegex(UserError, "closed"):
            self.issue(self.nima)
        other = self.env["loyalty.club"].create({"name": "Other"})
        with self.assertRaisesRegex(UserError, "its own members"):
            self.Card._issue(other, self.sara)

    def test_the_number_of_members_without_the_club_stays_theirs(self):
        with self.assertRaises(AccessError):
            self.Card.with_user(self.env.ref("base.public_user"))._issue(self.club, self.sara)

    # === CHIPS === #

    def test_a_chip_is_known_whichever_way_a_reader_writes_it(self):
        card = self.issue(uid="04:A2:24:5B:6C:1D:80")

        self.assertEqual((card.type, card.uid_masked), ("rfid", "…1D80"))
        decimal = str(int("801D6C5B24A204", 16))
        for text in ("04a2245b6c1d80", "801D6C5B24A204", decimal, card.number):
            self.assertEqual(self.held_by(text), self.sara, text)

    def test_a_chip_is_not_readable_in_the_database(self):
        card = self.issue(uid="04A2245B6C1D80")

        self.env.flush_all()
        self.cr.execute(
            "SELECT to_jsonb(c)::text FROM loyalty_club_card c WHERE id = %s", [card.id]
        )

        self.assertNotIn("A2245B6C", self.cr.fetchone()[0].upper())
        self.assertEqual(card.sudo()._unseal("uid_sealed"), "04A2245B6C1D80")
        for name in ("uid_index", "uid_sealed", "pin_hash"):
            with self.subTest(name), self.assertRaises(AccessError):
                card.with_user(self.users["manager"]).read([name])

    def test_one_chip_is_one_card(self):
        self.issue(uid="04A2245B6C1D80")

        with self.assertRaisesRegex(UserError, "This chip is on card|issued to somebody"):
            self.issue(self.nima, uid="801D6C5B24A204")

    def test_a_telephone_that_changes_its_chip_is_refused(self):
        with self.assertRaisesRegex(UserError, "another number at every reading"):
            self.issue(uid="08A1B2C3")

    def test_a_wristband_goes_round(self):
        card = self.issue(uid="9E035CB2")

        card.with_user(self.users["user"])._take_back("Left the pool")
        self.assertFalse(self.held_by("9E035CB2"))
        self.issue(self.nima, uid="9E035CB2")

        self.assertEqual(self.held_by("9E035CB2"), self.nima)
        self.assertEqual(self.events(card), ["issued", "returned", "issued"])

    def test_a_card_that_is_taken_back_loses_what_its_holder_was_given(self):
        card = self.stock(1, expires_on="2099-01-01").card_ids
        self.issue(number=card.number, user="manager")
        terms = {"discount_percent": 30, "discount_mode": "discount", "expires_on": "2098-01-01"}
        card.with_user(self.users["manager"]).write(terms)

        card.with_user(self.users["user"])._take_back("Gave it back")
        self.issue(self.nima, number=card.number)

        self.assertEqual((card.discount_percent, card.discount_mode), (0, "none"))
        self.assertEqual(str(card.expires_on), "2099-01-01")

    def test_cards_that_bring_a_discount_are_handed_out_by_a_marketer(self):
        terms = {"discount_percent": 30, "discount_mode": "discount"}
        card = self.stock(1, **terms).card_ids
        enrolment = self.env["loyalty.club.enrolment"].with_user(self.users["user"])
        worn = self.issue()

        with self.assertRaisesRegex(AccessError, "club marketer"):
            self.issue(number=card.number)
        with self.assertRaisesRegex(AccessError, "club marketer"):
            worn.with_user(self.users["user"])._replace("Worn", number=card.number)
        outcome = enrolment._enrol(
            self.club, {"mobile": "09121234567", "card_number": card.number}, "backend"
        )
        self.assertEqual((outcome.status, card.state), ("refused", "stock"))

        self.issue(number=card.number, user="marketer")
        self.issue(number=card.number)  # her own already
        card.with_user(self.users["user"])._take_back("Gave it back")
        self.assertEqual((card.discount_percent, card.discount_mode), (30, "discount"))

    # === STATES === #

    def test_a_blocked_card_is_refused_until_a_marketer_activates_it(self):
        card = self.issue()

        card.with_user(self.users["user"])._block("Misuse")
        self.assertFalse(self.held_by(card.number))
        self.assertIn("is blocked", card._refusal())
        with self.assertRaises(AccessError):
            card.with_user(self.users["user"])._reactivate("Clear")
        card.with_user(self.users["marketer"])._reactivate("Clear")

        self.assertEqual(self.held_by(card.number), self.sara)
        self.assertEqual(self.events(card), ["issued", "blocked", "reactivated"])
        last = card.event_ids.sorted("id")[-1]
        self.assertEqual(
            (last.from_state, last.to_state, last.user_id, last.reason),
            ("blocked", "active", self.users["marketer"], "Clear"),
        )

    def test_nothing_happens_without_a_reason(self):
        card = self.issue()

        for change in (card._block, card._report_lost, card._replace):
            with self.assertRaisesRegex(UserError, "Write the reason"):
                change("  ")

    def test_a_lost_card_is_replaced_and_leads_to_the_new_one(self):
        self.give_points(70)
        card = self.issue(
            user="manager", type="physical", discount_percent=7, discount_mode="credit"
        )
        card._set_pin("2741")
        card.with_user(self.users["user"])._report_lost("Left in a taxi")
        card._report_lost("Said twice")

        new = card.with_user(self.users["user"])._replace("It never came back")

        self.assertFalse(self.held_by(card.number))
        self.assertEqual(self.held_by(new.number), self.sara)
        self.assertEqual((card.state, card.replaced_by_ids, new.replaces_id), ("lost", new, card))
        self.assertEqual(card.reason, "Left in a taxi")
        self.assertEqual((new.discount_percent, new.discount_mode), (7, "credit"))
        self.assertEqual((new.pin_set, new._check_pin("2741")), (False, "unset"))
        self.assertPoints(70)
        with self.assertRaisesRegex(UserError, "was replaced"):
            card._reactivate("Found")

    def test_a_worn_card_is_replaced_by_one_from_stock(self):
        stocked = self.stock().card_ids[-1]
        card = self.issue(type="physical")

        new = card._replace("Worn", number=stocked.number)

        self.assertEqual((new, card.state), (stocked, "replaced"))
        self.assertEqual((new.replaces_id, new.member_id), (card, self.sara))
        self.assertIn("was replaced", card._refusal())

    def test_a_replacement_that_fails_leaves_the_old_card(self):
        card = self.issue()

        with self.assertRaises(UserError), self.cr.savepoint():
            card._replace("Worn", number="NOSUCHCARD")

        self.assertEqual(self.held_by(card.number), self.sara)

    def test_the_holder_is_told_of_what_happened_to_her_card(self):
        self.sara.partner_id.phone = "+989121234567"
        card = self.issue()

        card._report_lost("Left in a taxi")
        card._replace("Left in a taxi")

        told = (
            self.env["loyalty.club.outbox"]
            .sudo()
            .search([("partner_id", "=", self.sara.partner_id.id)], order="id")
        )
        self.assertEqual(len(told), 2)
        self.assertIn("reported lost", told[0].body)
        self.assertIn("replaced by a new one", told[1].body)
        self.assertNotIn(card.number, told.mapped("body")[0])

    def test_a_card_expires_on_its_day(self):
        card = self.issue(expires_on=fields.Date.add(fields.Date.today(), days=-2))
        other = self.issue(expires_on=fields.Date.add(fields.Date.today(), days=2))

        self.assertFalse(self.held_by(card.number), "before the job has run")
        self.Card._cron_expire()

        self.env.invalidate_all()
        self.assertEqual((card.state, other.state), ("expired", "active"))
        self.assertIn("no longer valid", card._refusal())
        with self.assertRaisesRegex(UserError, "later day"):
            card.sudo()._reactivate("Prolonged")

    def test_a_card_of_a_suspended_member_is_refused(self):
        card = self.issue()

        self.sara.action_suspend()

        self.assertFalse(self.held_by(card.number))
        self.assertEqual(self.Card._find_by_text(self.club, card.number), card)
        self.assertIn("membership", card._refusal())
        self.sara.action_activate()
        self.assertEqual(self.held_by(card.number), self.sara)

    def test_cards_follow_a_merge(self):
        card = self.issue(self.nima)

        self.nima._merge_into(self.sara)

        self.assertEqual(self.held_by(card.number), self.sara)
        self.assertEqual(self.events(card), ["issued", "moved"])

    def test_a_membership_that_never_was_used_can_be_deleted_with_its_card(self):
        card = self.issue(self.nima)

        self.nima.unlink()

        self.assertFalse(self.held_by(card.number))
        self.assertEqual((card.state, card.member_id.ids), ("blocked", []))
        with self.assertRaises(UserError):
            card._reactivate("Back")

    # === WHAT IS WRITTEN === #

    def test_only_terms_are_edited_by_hand_and_every_change_is_a_fact(self):
        card = self.issue()
        by_manager = card.with_user(self.users["manager"])

        by_manager.write({"discount_percent": 3, "discount_mode": "discount"})

        self.assertEqual(self.events(card), ["issued", "changed"])
        for values in ({"state": "active"}, {"member_id": self.nima.id}, {"number": "X123"}):
            with self.assertRaises(UserError):
                by_manager.write(values)
        with self.assertRaises(AccessError):
            card.with_user(self.users["marketer"]).write({"discount_percent": 90})
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            by_manager.write({"discount_percent": 101})
            self.env.flush_all()

    def test_facts_of_cards_are_never_changed(self):
        event = self.issue().event_ids

        for statement in (
            "UPDATE loyalty_club_card_event SET reason = 'other' WHERE id = %s",
            "DELETE FROM loyalty_club_card_event WHERE id = %s",
        ):
            with self.assertRaises(DatabaseError), mute_logger("odoo.sql_db"), self.cr.savepoint():
                self.cr.execute(statement, [event.id])

    # === PIN === #

    def test_a_pin_opens_its_card_only(self):
        card, other = self.issue(), self.issue(self.nima)

        card._set_pin("۲۷۴۱")
        other._set_pin("8350")

        self.assertEqual(card._check_pin("2741"), "ok")
        self.assertEqual(card._check_pin("8350"), "wrong")
        self.assertEqual(self.issue()._check_pin("2741"), "none")
        self.assertNotEqual(card.sudo().pin_hash, other.sudo().pin_hash)

    def test_a_pin_is_not_tried_out(self):
        card = self.issue()
        card._set_pin("2741")

        tried = [card._check_pin(f"{guess}") for guess in range(5000, 5006)]

        self.assertEqual(tried, ["wrong"] * 5 + ["limited"])
        self.assertEqual(card._check_pin("2741"), "limited")

    def test_a_pin_is_removed_or_replaced_by_a_marketer(self):
        card = self.issue()
        card.with_user(self.users["user"])._set_pin("2741")

        for act in (lambda one: one._remove_pin(), lambda one: one._set_pin("8350")):
            with self.assertRaisesRegex(AccessError, "club marketer"):
                act(card.with_user(self.users["user"]))
        card.with_user(self.users["marketer"])._remove_pin()

        self.assertEqual(card._check_pin(""), "none")

    def test_a_pin_that_is_guessed_first_is_refused(self):
        card = self.issue()

        for pin in ("1111", "1234", "9876", "1990", "12", "abcd", ""):
            with self.subTest(pin), self.assertRaises(UserError):
                card._set_pin(pin)

    # === BATCHES === #

    def test_a_batch_has_a_range_and_nobody_holds_it(self):
        batch = self.stock(count=3, type="physical")

        self.assertEqual((batch.count, batch.stock_count), (3, 3))
        self.assertEqual(set(batch.card_ids.mapped("state")), {"stock"})
        self.assertIn("has not been issued", batch.card_ids[0]._refusal())
        self.assertFalse(self.held_by(batch.first_number))

    def test_printed_cards_keep_their_numbers(self):
        make = self.env["loyalty.club.card.batch"]._make

        batch = make(self.club, "Printed", first="VIP-0098", last="VIP-0102")

        self.assertEqual(
            batch.card_ids.sorted("number").mapped("number"),
            ["VIP0098", "VIP0099", "VIP0100", "VIP0101", "VIP0102"],
        )
        with self.assertRaisesRegex(UserError, "already"):
            make(self.club, "Twice", first="VIP-0102", last="VIP-0110")
        with self.assertRaisesRegex(UserError, "last digits"):
            make(self.club, "Wrong", first="VIP-9", last="VIP-10")

    def test_a_batch_is_made_by_a_manager(self):
        with self.assertRaises(AccessError):
            self.env["loyalty.club.card.batch"].with_user(self.users["marketer"])._make(
                self.club, "Mine", count=5
            )

    def test_a_prefix_that_banks_use_is_refused(self):
        for prefix in ("6", "4", "62", "lc", "8A"):
            with self.subTest(prefix), self.assertRaises(ValidationError):
                self.club.card_prefix = prefix
        self.club.card_prefix = "LC"
        self.assertTrue(re.fullmatch("LC[0-9]{14}", self.issue().number))
