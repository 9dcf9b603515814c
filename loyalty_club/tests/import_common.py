"""Words of the tests of imports: files of rows, reports, what must have come in."""

import base64
import csv
import io

from odoo.tests import new_test_user
from odoo.tools import SQL

from odoo.addons.loyalty_club.clock import today_in
from odoo.addons.loyalty_club.models.import_run import ImportOptions
from odoo.addons.loyalty_club.models.import_texts import ISOLATE, POP

from .common import ClubCommon

HEADER = ("Ref", "Name", "Mobile", "Branch", "Date", "Amount", "Receipt", "Points")
BANK_CARD = "6037991234567893"


class MemberImportCommon(ClubCommon):
    """What the tests say: files of rows, imported into the test club."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "club_manager", groups="loyalty_club.group_manager", tz="Asia/Tehran"
        )
        cls.country = cls.env.ref("base.ir")

    def shop_day(self):
        """The date it is where the manager imports, whatever date it is in UTC."""
        return today_in(self.company.with_user(self.manager))

    def csv(self, *rows, header=HEADER, encoding="utf-8"):
        """Bytes of a CSV; rows may be shorter than the header."""
        output = io.StringIO()
        csv.writer(output).writerows([header, *rows])
        return output.getvalue().encode(encoding)

    def check(self, data, **options):
        """The report of a dry run, or of an import with ``dry_run=False``."""
        importer = self.env["loyalty.club.import"].with_user(self.manager)
        table = importer._read_table(data)
        meanings = [GUESSES.get(name) for name in table.columns]
        return importer._run(
            self.club.with_user(self.manager), table, meanings, ImportOptions(**options)
        )

    def load(self, *rows, **options):
        """Import rows of texts in the order of ``HEADER``."""
        return self.check(self.csv(*rows), dry_run=False, **options)

    def wizard(self, data, filename="customers.csv", **values):
        """The wizard of the manager with a file in it, columns read."""
        wizard = (
            self.env["loyalty.club.member.import"]
            .with_user(self.manager)
            .create(
                {
                    "club_id": self.club.id,
                    "country_id": self.country.id,
                    "file": base64.b64encode(data),
                    "filename": filename,
                    **values,
                }
            )
        )
        wizard.action_read()
        return wizard

    def find(self, reference):
        return self.env["loyalty.club.member"].search(
            [("club_id", "=", self.club.id), ("external_ref", "=", reference)]
        )

    def purchases(self, member):
        return self.env["loyalty.club.purchase"].search([("member_id", "=", member.id)])

    def census(self):
        """How many rows there are of all that an import may write."""
        self.env.flush_all()
        tables = ("res_partner", "loyalty_club_member", "loyalty_card", "loyalty_club_wallet")
        tables += (
            "loyalty_club_purchase",
            "loyalty_club_entry",
            "loyalty_club_lot",
            "mail_message",
        )
        counts = {}
        for table in tables:
            self.env.cr.execute(SQL("SELECT COUNT(*) FROM %s", SQL.identifier(table)))
            counts[table] = self.env.cr.fetchone()[0]
        return counts

    def assertCounts(self, report, **expected):
        self.assertEqual({name: report.counts[name] for name in expected}, expected)

    def assertRefused(self, report, row, *words):
        """Row ``row`` is bad, and the message says each of ``words``."""
        line = next(line for line in report.lines if line.row == row)
        self.assertEqual(line.status, "error", line)
        message = line.message.replace(ISOLATE, "").replace(POP, "")
        for word in words:
            self.assertIn(word, message)


GUESSES = {
    "Ref": "external_ref",
    "Name": "name",
    "Mobile": "mobile",
    "Branch": "branch",
    "Date": "purchase_date",
    "Amount": "purchase_amount",
    "Items": "purchase_quantity",
    "Receipt": "purchase_ref",
    "Points": "opening_points",
    "Number": "number",
    "E-mail": "email",
    "National code": "national_code",
    "Member since": "join_date",
    "Card": "card_number",
    "Birthday": "birthday",
    "Sex": "sex",
    "Education": "education",
    "Area": "area",
    "Job": "occupation",
    "Credit": "opening_credit",
}
