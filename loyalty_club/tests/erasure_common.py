"""Words in which the tests of forgetting speak: somebody who did everything, and a dump."""

from uuid import uuid4

from odoo import Command
from odoo.tests import new_test_user
from odoo.tools import SQL

from .common import ClubCommon

NAME = "Zeynab Kianfar"
PHONE = "0912 765 4321"
EMAIL = "zeynab.kianfar@example.com"
CODE = "0499370899"
STREET = "Kucheye Nastaran 17"
# However it may have been stored.
TRACES = (
    "kianfar", "7654321", "765 4321", "765-4321", "۷۶۵۴۳۲۱", CODE, "۰۴۹۹۳۷۰۸۹۹", "nastaran",
    "IR820540102680020817909002",
)  # fmt: skip


class ErasureCommon(ClubCommon):
    """Zeynab has done whatever a member can; two managers run the club."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "loyalty_club.group_manager,point_of_sale.group_pos_manager"
        cls.asks = new_test_user(cls.env, "erasure_asks", groups=groups)
        cls.decides = new_test_user(cls.env, "erasure_decides", groups=groups)

    def erase(self, member, source="staff", reason=None):
        """Asked by one, decided by another, and looked through; returns the erasure."""
        erasures = self.env["loyalty.club.erasure"].with_user(self.asks)
        erasure = erasures._request(member.with_user(self.asks), source, reason)
        erasure.with_user(self.decides).action_approve()
        erasure.sudo()._check_traces()
        self.env.flush_all()
        self.env.invalidate_all()
        return erasure.sudo()

    def dump(self):
        """Every row of every table as text, as this transaction sees it."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
        )
        for (table,) in self.env.cr.fetchall():
            self.env.cr.execute(SQL("SELECT row::text FROM %s AS row", SQL.identifier(table)))
            for (row,) in self.env.cr.fetchall():
                yield table, row

    def traces(self, words=TRACES):
        """Rows of the dump in which one of the words stands."""
        lowered = [word.lower() for word in words]
        return [
            (table, row[:300])
            for table, row in self.dump()
            if any(word in row.lower() for word in lowered)
        ]

    # --- a whole life ----------------------------------------------------------------

    def zeynab(self):
        """Enrolled by the join form, with everything that can hang on a member."""
        outcome = self.env["loyalty.club.enrolment"]._enrol(
            self.club,
            {
                "mobile": PHONE,
                "name": NAME,
                "email": EMAIL,
                "identity_type": "national",
                "identity_code": CODE,
                "birthday": "1990-05-17",
                "consents": {("marketing", "sms"): True, ("marketing", "email"): True},
            },
            "join",
            branch=self.branch,
        )
        member = outcome.member.sudo()
        member.partner_id.write(
            {
                "street": STREET,
                "city": "Shiraz",
                "comment": f"<p>{NAME} likes tea</p>",
                "ref": f"REF {NAME}",
                "barcode": "0427654321999",
                "bank_ids": [Command.create({"acc_number": "IR820540102680020817909002"})],
                "child_ids": [
                    Command.create({"name": f"{NAME} (home)", "type": "delivery", "phone": PHONE})
                ],
                "image_1920": False,
            }
        )
        member.write({"occupation": f"Sister of {NAME}"})
        self.env["loyalty.club.family.member"].create(
            {"member_id": member.id, "relation": "child", "name": "Kianfar junior"}
        )
        user = new_test_user(
            self.env,
            EMAIL,
            name=NAME,
            groups="base.group_portal",
            partner_id=member.partner_id.id,
        )
        user.signature = f"<p>{NAME}</p>"
        self.live(member)
        return member

    def live(self, member):
        """Buys, writes, asks, is written to and about."""
        partner = member.partner_id
        self.give_points(500, member)
        order = self.sell([self.line(qty=3)], partner)
        order.write({"email": EMAIL, "mobile": PHONE, "general_customer_note": f"For {NAME}"})
        self.env["loyalty.club.adjustment"].with_user(self.asks)._request(
            self.points_card(member).club_wallet_id, 5, f"Goodwill for {NAME}"
        )
        other = self.new_member("Parvaneh Other")
        self.env["loyalty.club.adjustment"].with_user(self.asks)._request(
            self.points_card(other).club_wallet_id, 7, f"She came with {NAME}, {PHONE}"
        )
        lost = self.env["loyalty.club.card"]._issue(
            self.club, member, type="rfid", uid="04A2B3C4D5E680"
        )
        lost._report_lost(f"{NAME} lost it")
        member.message_post(body=f"{NAME} called from {PHONE}", subject=f"Call of {NAME}")
        partner.message_post(body="Hello", author_id=partner.id, email_from=f"{NAME} <{EMAIL}>")
        partner.with_context(tracking_disable=False).write({"phone": PHONE.replace(" ", "-")})
        self.env["ir.attachment"].create(
            {"name": f"{NAME}.txt", "raw": NAME.encode(), "res_model": partner._name,
             "res_id": partner.id}
        )  # fmt: skip
        self.env["sms.sms"].create(
            {"number": PHONE, "body": f"Dear {NAME}", "partner_id": partner.id}
        )
        self.env["mail.mail"].create({"subject": NAME, "email_to": EMAIL, "body_html": NAME})
        self.env["crm.lead"].create(
            {"name": f"{NAME}'s wedding", "contact_name": NAME, "email_from": EMAIL,
             "phone": PHONE, "description": f"<p>{NAME}</p>"}
        )  # fmt: skip
        self.env["mailing.contact"].create({"name": NAME, "email": EMAIL})
        member._set_consents({("marketing", "sms"): False}, "letter", proof=f"Letter of {NAME}")
        self.env["mail.blacklist"]._add(EMAIL)
        reveals = self.env["loyalty.club.reveal"].with_user(self.asks)
        reveals._log(member.with_user(self.asks), "birthday", f"{NAME} asked")
        self.env["loyalty.club.outbox"]._queue_texts(
            "notice",
            [{"partner_id": partner.id, "company_id": self.company.id, "subject": NAME,
              "body": f"Dear {NAME}"}],
        )  # fmt: skip
        # What no rule expects: in somebody else's words.
        other.partner_id.message_post(body=f"Friend of {NAME}, tel. 0098912{PHONE[5:]}")
        self.env["ir.logging"].create(
            {"name": "x", "type": "server", "message": f"mail to {EMAIL}", "path": "x",
             "func": str(uuid4()), "line": "1"}
        )  # fmt: skip
        self.invoice(partner)

    def invoice(self, partner):
        """A paid invoice of 100."""
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_line_ids": [
                    Command.create({"product_id": self.tea.id, "price_unit": 100, "tax_ids": []})
                ],
            }
        )
        move.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({}).action_create_payments()
        return move
