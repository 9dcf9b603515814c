import io

import openpyxl
from pypdf import PdfReader

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .card_common import CardCommon


@tagged("post_install", "-at_install")
class TestCardWizards(CardCommon):
    """What staff does with cards by the dialogues of the back office."""

    def wizard(self, model, user="user", **values):
        return self.env[f"loyalty.club.card.{model}"].with_user(self.users[user]).create(values)

    # === ISSUE === #

    def test_one_member_gets_a_card_from_stock(self):
        card = self.stock().card_ids[0]

        shown = self.wizard(
            "issue", member_ids=self.sara.ids, type="physical", number=card.number
        ).action_issue()

        self.assertEqual((shown["res_model"], shown["res_id"]), ("loyalty.club.card", card.id))
        self.assertEqual(self.held_by(card.number), self.sara)

    def test_many_members_get_a_card_each(self):
        members = self.sara | self.nima

        self.wizard("issue", member_ids=members.ids, type="virtual").action_issue()

        self.assertEqual(members.card_ids.mapped("state"), ["active", "active"])
        with self.assertRaisesRegex(UserError, "one member's card"):
            self.wizard("issue", member_ids=members.ids, number="8000").action_issue()

    def test_a_manager_has_a_batch_made(self):
        wizard = self.wizard("issue", "manager", target="stock", name="Spring", count=12)

        batch = self.env["loyalty.club.card.batch"].browse(wizard.action_issue()["res_id"])

        self.assertEqual((batch.name, batch.count, len(batch.card_ids)), ("Spring", 12, 12))
        with self.assertRaises(AccessError):
            self.wizard("issue", "marketer", target="stock", count=5).action_issue()

    def test_an_opening_amount_takes_the_way_of_adjustments(self):
        kind = self.new_kind("ewallet")
        kind.sudo().adjust_approval_above = 100
        common = {"member_ids": self.sara.ids, "type": "virtual", "opening_kind_id": kind.id}

        self.wizard("issue", "manager", opening_amount=80, **common).action_issue()

        wallet = self.sara.wallet_ids.filtered(lambda found: found.kind_id == kind)
        self.assertEqual(wallet.balance, 80)
        adjustment = self.env["loyalty.club.adjustment"].search([("wallet_id", "=", wallet.id)])
        self.assertEqual((adjustment.state, adjustment.maker_id), ("booked", self.users["manager"]))
        self.wizard("issue", "manager", opening_amount=50, **common).action_issue()
        self.assertEqual(wallet.balance, 80, "more than one person books alone in a day")
        waiting = self.env["loyalty.club.adjustment"].search(
            [("wallet_id", "=", wallet.id), ("state", "=", "waiting")]
        )
        self.assertEqual(waiting.amount, 50)

    def test_a_cashier_puts_no_credit_on_cards(self):
        kind = self.new_kind("ewallet")

        with self.assertRaises(AccessError):
            self.wizard(
                "issue",
                member_ids=self.sara.ids,
                type="virtual",
                opening_kind_id=kind.id,
                opening_amount=10,
            ).action_issue()

    # === CHANGE === #

    def test_a_lost_card_is_replaced_in_one_step(self):
        card = self.issue(type="physical")

        shown = self.wizard(
            "change", act="replace", card_ids=card.ids, reason="Lost at the pool", lost=True
        ).action_change()

        self.env.invalidate_all()
        self.assertEqual(card.state, "lost")
        self.assertEqual(shown["res_id"], card.replaced_by_ids.id)

    def test_cards_are_blocked_and_activated_again(self):
        card = self.issue()

        self.wizard("change", act="block", card_ids=card.ids, reason="Misuse").action_change()
        self.assertFalse(self.held_by(card.number))
        again = {"act": "reactivate", "card_ids": card.ids, "reason": "Clear"}
        with self.assertRaises(AccessError):
            self.wizard("change", **again).action_change()
        self.wizard("change", "marketer", **again).action_change()

        self.assertEqual(self.held_by(card.number), self.sara)

    # === PIN === #

    def test_a_pin_is_typed_twice_and_kept_nowhere(self):
        card = self.issue()
        form = Form(
            self.env["loyalty.club.card.pin"]
            .with_user(self.users["user"])
            .with_context(default_card_ids=card.ids)
        )

        form.pin, form.pin_again = "2741", "2741"
        wizard = form.save()
        self.assertFalse(wizard.pin)
        wizard.action_set()

        self.assertEqual(card._check_pin("2741"), "ok")
        self.assertEqual(self.events(card), ["issued", "pin_set"])
        self.env.flush_all()
        for table in ("loyalty_club_card_pin", "loyalty_club_card", "loyalty_club_card_event"):
            self.cr.execute(f"SELECT string_agg(to_jsonb(t)::text, '') FROM {table} t")
            kept = self.cr.fetchone()[0]
            self.assertNotIn('"2741"', kept)
        with self.assertRaises(AccessError):
            wizard.read(["digest"])

    def test_two_different_pins_are_refused(self):
        card = self.issue()

        with self.assertRaisesRegex(UserError, "differ"):
            self.wizard("pin", card_ids=card.ids, pin="2741", pin_again="2742")
        with self.assertRaisesRegex(UserError, "twice"):
            self.wizard("pin", card_ids=card.ids).action_set()

        self.assertFalse(card.pin_set)

    # === PRINT === #

    def render(self, cards, layout, lang="en_US"):
        sheet = self.env["loyalty.club.card.sheet"].with_context(lang=lang)
        return sheet.with_user(self.users["user"])._render(cards, layout)

    def test_sheets_hold_ten_cards_a_page_with_their_numbers(self):
        batch = self.stock(count=12)

        name, media_type, data = self.render(batch.card_ids, "a4")

        self.assertEqual((media_type, name[-4:]), ("application/pdf", ".pdf"))
        pages = PdfReader(io.BytesIO(data)).pages
        self.assertEqual(len(pages), 2)
        text = "".join(page.extract_text() for page in pages).replace(" ", "").replace("\n", "")
        for card in batch.card_ids:
            self.assertIn(card.number, text)

    def test_plastic_cards_have_a_page_each(self):
        card = self.issue(type="physical")

        _name, _type, data = self.render(card, "cr80")

        (page,) = PdfReader(io.BytesIO(data)).pages
        millimetres = [round(float(side) / 72 * 25.4, 1) for side in page.mediabox[2:]]
        self.assertEqual(millimetres, [85.6, 54.0])
        self.assertIn("Sara", page.extract_text())

    def test_numbers_are_listed_as_text(self):
        batch = self.stock(count=3)

        _name, _type, data = self.render(batch.card_ids, "xlsx")

        rows = list(openpyxl.load_workbook(io.BytesIO(data)).active.values)
        self.assertEqual(
            [row[1] for row in rows[1:]], batch.card_ids.sorted("serial").mapped("number")
        )
        self.assertEqual(rows[1][3], "Stock")

    def test_too_many_cards_are_not_drawn(self):
        sheet = self.env["loyalty.club.card.sheet"]

        with self.assertRaisesRegex(UserError, "At most"):
            sheet._render(self.stock(count=sheet._most() + 1).card_ids, "a4")

    def test_a_part_of_a_batch_is_printed(self):
        batch = self.stock(count=9)

        wizard = self.wizard("print", batch_id=batch.id, first=4, last=6)

        self.assertEqual(wizard._cards(), batch.card_ids.sorted("serial")[3:6])
        self.assertEqual(wizard.action_download()["url"], f"/loyalty_club/cards/{wizard.id}")
        self.assertEqual(self.wizard("print", batch_id=batch.id)._cards(), batch.card_ids.sorted())


@tagged("post_install", "-at_install")
class TestCardMovement(CardCommon):
    """What moved with a card, by day."""

    def movements(self, card):
        self.env.flush_all()
        return self.env["loyalty.club.card.movement"].search([("card_id", "=", card.id)])

    def test_the_only_card_of_a_member_went_for_what_moved(self):
        card = self.issue()
        self.give_points(30)

        self.assertEqual(self.movements(card).mapped("amount"), [30.0])

    def test_what_moved_before_and_after_its_life_is_not_a_cards(self):
        self.give_points(5)
        card = self.issue()
        moment = fields.Datetime.now()
        later = {"activated_on": fields.Datetime.add(moment, hours=1)}

        card.sudo().write(later)
        self.assertFalse(self.movements(card))
        card.sudo().write({"activated_on": fields.Datetime.subtract(moment, hours=2)})
        self.assertEqual(self.movements(card).mapped("amount"), [5.0])
        card.sudo().write({"ended_on": fields.Datetime.subtract(moment, hours=1)})
        self.assertFalse(self.movements(card))

    def test_with_two_cards_none_is_named(self):
        card = self.issue()
        other = self.issue()

        self.give_points(30)

        self.assertFalse(self.movements(card) | self.movements(other))

    def test_a_sale_knows_its_card(self):
        card, other = self.issue(), self.issue()
        order = self.sell(partner=self.sara.partner_id)
        order.sudo().club_card_id = card

        found = self.movements(card)

        self.assertEqual(found.mapped("amount"), [10.0])
        self.assertFalse(self.movements(other))
        self.assertEqual(found.entry_id.origin_id, order.id)

    def test_movements_are_split_by_day(self):
        card = self.issue()
        self.give_points(30)
        self.give_points(-12)
        self.env.flush_all()

        rows = self.env["loyalty.club.card.movement"].formatted_read_group(
            [("card_id", "=", card.id)], ["date:day"], ["received:sum", "used:sum"]
        )

        self.assertEqual([(row["received:sum"], row["used:sum"]) for row in rows], [(30, 12)])
