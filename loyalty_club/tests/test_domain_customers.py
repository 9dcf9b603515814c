"""What the rows of a customer file say, and which of them are one person."""

import doctest
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.loyalty_club.domain import customer_columns, customer_rows, customers
from odoo.addons.loyalty_club.domain.customer_rows import CustomerRow, Reading, clean_text, read_row
from odoo.addons.loyalty_club.domain.customers import Customer, Customers

TODAY = date(2025, 3, 21)
BANK_CARD = "6037-9912-3456-7893"


def row(line=2, **cells):
    """A row read on the first day of 1404."""
    return read_row(line, {"external_ref": "7", **cells}, Reading(TODAY))


def faults(read):
    return [fault.code for fault in read.faults]


class TestDomainCustomerRows(BaseCase):
    def test_doctests(self):
        for module in (customer_rows, customers):
            result = doctest.testmod(module)
            self.assertEqual(result.failed, 0)
            self.assertGreater(result.attempted, 0)

    def test_a_row_in_persian_digits_says_the_same(self):
        cells = {"mobile": "09121234567", "purchase_date": "1403/05/12", "purchase_amount": "1250"}
        persian = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")

        self.assertEqual(row(**cells), row(**{k: v.translate(persian) for k, v in cells.items()}))

    def test_a_customer_without_reference_mobile_and_number_is_nobody(self):
        read = read_row(2, {"name": "Sara", "email": "s@example.com"}, Reading(TODAY))

        self.assertEqual(faults(read), ["nobody"])

    def test_each_bad_cell_is_a_fault_of_its_own(self):
        for meaning, text, code in (
            ("mobile", "0912", "phone"),
            ("mobile", "09121234567 / 09121234568", "phone"),
            ("email", "sara@", "email"),
            ("email", "a b@example.com", "email"),
            ("national_code", "0499370898", "national_code"),
            ("number", "000000031", "member_number"),
            ("number", BANK_CARD, "payment_card"),
            ("name", f"Sara {BANK_CARD}", "payment_card"),
            ("name", "ن" * 201, "too_long"),
            ("external_ref", "۶۰۳۷۹۹۱۲۳۴۵۶۷۸۹۳", "payment_card"),
            ("external_ref", "x" * 65, "too_long"),
            ("join_date", "1404/01/02", "future"),
            ("join_date", "1402/12/30", "date_impossible"),
            ("opening_points", "-5", "negative"),
            ("opening_points", "1.5", "points_step"),
            ("opening_points", "many", "amount"),
            ("opening_points", "1" * 15, "huge"),
        ):
            self.assertEqual(faults(row(**{meaning: text})), [code], (meaning, text))

    def test_each_bad_purchase_is_a_fault_of_its_own(self):
        for day, amount, code in (
            ("2025-03-22", "10", "future"),
            ("1402/12/30", "10", "date_impossible"),
            ("12/05/1403", "10", "date_order"),
            ("1403/05/12", "-10", "negative"),
            ("1403/05/12", "(10)", "negative"),
            ("1403/05/12", "10000000000001", "huge"),
            ("1403/05/12", "9" * 40, "huge"),
            ("1403/05/12", "ten", "amount"),
            ("1403/05/12", "", "no_amount"),
            ("", "10", "no_date"),
        ):
            read = row(purchase_date=day, purchase_amount=amount)
            self.assertEqual(faults(read), [code], (day, amount))

    def test_all_faults_of_a_row_are_told(self):
        read = row(mobile="1", email="x", purchase_date="y", purchase_amount="z")

        self.assertEqual(faults(read), ["phone", "email", "date", "amount"])

    def test_secrets_are_not_repeated_in_faults(self):
        read = row(name=BANK_CARD, national_code="0499370898")

        self.assertEqual([fault.value for fault in read.faults], ["", ""])

    def test_amounts_keep_the_scale_of_the_journal(self):
        read = row(purchase_date="1403/05/12", purchase_amount="0.30000000000000004")

        self.assertEqual(str(read.purchase_amount), "0.300")
        self.assertEqual(row(purchase_date="1403/05/12", purchase_amount="۰").faults, [])

    def test_names_are_kept_as_persian_writes_them(self):
        self.assertEqual(clean_text("\u202aعلي\u200cرضا  كريمي\u202c"), "علی\u200cرضا کریمی")
        self.assertEqual(row(name="علي", family_name="كريمي").name, "علی کریمی")

    def test_a_foreign_region_still_knows_iranian_mobiles(self):
        cells = {"mobile": "0912 123 4567"}

        self.assertEqual(read_row(2, cells, Reading(TODAY, "US")).mobile, "+989121234567")

    @given(st.fixed_dictionaries({}, optional=dict.fromkeys(customer_columns.COLUMNS, st.text())))
    @settings(deadline=None, database=None)
    def test_any_cells_give_values_or_faults(self, cells):
        read = read_row(2, cells, Reading(TODAY))

        self.assertTrue(read.faults or read.external_ref or read.mobile or read.number)
        for text in (read.name, read.external_ref, read.branch, read.purchase_ref):
            self.assertNotIn("\x00", text)


class TestDomainCustomers(BaseCase):
    def buy(self, people, line, day="2025-01-05", amount=10, **values):
        bought = CustomerRow(
            line,
            **{"external_ref": "7", **values},
            purchase_day=date.fromisoformat(day),
            purchase_amount=Decimal(amount),
        )
        return people.take(bought), bought

    def test_rows_with_one_reference_or_one_mobile_are_one_person(self):
        people = Customers()

        first = people.take(CustomerRow(2, external_ref="7", mobile="+1"))
        second = people.take(CustomerRow(3, external_ref="7", name="Sara"))
        third = people.take(CustomerRow(4, mobile="+1", email="s@example.com"))

        self.assertIs(first, second)
        self.assertIs(first, third)
        self.assertEqual((first.name, first.email, first.line), ("Sara", "s@example.com", 2))
        self.assertEqual(list(people.present.values()), [first])

    def test_one_mobile_with_two_references_is_refused(self):
        people = Customers()
        people.take(CustomerRow(2, external_ref="7", mobile="+1"))
        other = CustomerRow(3, external_ref="8", mobile="+1")

        self.assertIsNone(people.take(other))
        self.assertEqual(other.faults, [("other_ref", "external_ref", "7")])

    def test_a_row_that_names_two_people_is_refused(self):
        people = Customers()
        people.take(CustomerRow(2, external_ref="7"))
        people.take(CustomerRow(3, mobile="+1"))
        both = CustomerRow(4, external_ref="7", mobile="+1")

        self.assertIsNone(people.take(both))
        self.assertEqual(faults(both), ["two_customers"])

    def test_a_shared_mobile_names_nobody(self):
        people = Customers([Customer(1, 1, external_ref="7", mobile="+1")], {"+1"})
        alone, referred = CustomerRow(2, mobile="+1"), CustomerRow(3, external_ref="7", mobile="+1")

        self.assertIsNone(people.take(alone))
        self.assertEqual(people.take(referred).member_id, 1)
        self.assertEqual(faults(alone), ["shared_mobile"])

    def test_an_unknown_membership_number_is_refused(self):
        people = Customers([Customer(1, 1, number="000000013")])

        self.assertEqual(people.take(CustomerRow(2, number="000000013")).member_id, 1)
        unknown = CustomerRow(3, number="000000025")
        self.assertIsNone(people.take(unknown))
        self.assertEqual(faults(unknown), ["unknown_member"])

    def test_a_purchase_told_twice_is_refused(self):
        people = Customers()
        self.buy(people, 2, purchase_ref="A")
        self.buy(people, 3)

        for line, values, fault in (
            (4, {"purchase_ref": "A"}, ("repeated", "purchase_ref", "2")),
            (5, {"purchase_ref": "A", "amount": 11}, ("reused", "purchase_ref", "2")),
            (6, {}, ("repeated", "purchase_ref", "3")),
        ):
            taken, told = self.buy(people, line, **values)
            self.assertIsNone(taken)
            self.assertEqual(told.faults, [fault])

    def test_alike_purchases_count_each_when_that_is_said(self):
        people = Customers(identical=True)

        owners = [self.buy(people, line)[0] for line in (2, 3, 4)]
        _none, referred = (
            self.buy(people, 5, purchase_ref="A"),
            self.buy(people, 6, purchase_ref="A"),
        )

        keys = [purchase.key for purchase in owners[0].purchases]
        self.assertEqual(keys[:3], [f"day:2025-01-05:10:{n}" for n in (1, 2, 3)])
        self.assertEqual(faults(referred[1]), ["repeated"])

    def test_the_key_of_a_purchase_does_not_depend_on_how_its_amount_is_written(self):
        keys = set()
        for amount in ("10", "10.000", "1E+1"):
            customer, _row = self.buy(Customers(), 2, amount=amount)
            keys.add(customer.purchases[0].key)

        self.assertEqual(len(keys), 1)

    def test_opening_points_are_told_once(self):
        people = Customers()
        customer = people.take(CustomerRow(2, external_ref="7", opening_points=Decimal(5)))
        same, _row = self.buy(people, 3, opening_points=Decimal(5))
        other = self.buy(people, 4, day="2025-02-01", opening_points=Decimal(6))[1]

        self.assertIs(same, customer)
        self.assertEqual(customer.openings["opening_points"].amount, 5)
        self.assertEqual(faults(other), ["other_opening"])

    def test_a_repeated_customer_row_is_refused(self):
        people = Customers()
        for line in (2, 3):
            again = CustomerRow(line, external_ref="7", name="Sara", mobile="+1")
            people.take(again)

        self.assertEqual(again.faults, [("repeated", "", "2")])

    def test_the_day_of_joining_is_the_first_purchase_when_nothing_is_told(self):
        people = Customers()
        customer, _row = self.buy(people, 2, day="2025-02-01")
        self.buy(people, 3, day="2025-01-01")
        self.assertEqual(customer.first_day, date(2025, 1, 1))

        people.take(CustomerRow(4, external_ref="7", join_date=date(2024, 5, 5)))
        self.assertEqual(customer.first_day, date(2024, 5, 5))
