from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools.safe_eval import datetime, safe_eval, time

from .access_common import CLUB_GROUPS, MODULE
from .screens_common import ScreensCommon

# Top menus that each kind of user finds in the app.
MENUS = {
    "cashier": {"menu_members", "menu_members_all", "menu_member_enrol"},
    "marketer": {
        "menu_members", "menu_members_all", "menu_duplicates",
        "menu_value", "menu_wallets", "menu_entries", "menu_lots", "menu_holds",
        "menu_transfers", "menu_occasion_charges", "menu_conversions",
        "menu_purchases", "menu_analysis", "menu_rfm", "menu_configuration", "menu_clubs",
        "menu_branches", "menu_wallet_kinds", "menu_terms", "menu_expiry_policies",
        "menu_rfm_classes", "menu_areas", "menu_interests", "menu_purposes", "menu_agreements",
        "menu_consent_changes",
    },
}  # fmt: skip
MENUS["marketer"] |= {"menu_privacy"}
MENUS["marketer"] |= {"menu_segments", "menu_grades", "menu_nudges", "menu_segment_sizes"}
MENUS["marketer"] |= {"menu_members_analysis", "menu_reward_uses", "menu_reward_claims"}
MENUS["marketer"] |= {"menu_invitations", "menu_fee_payments"}
MENUS["marketer"] |= {"menu_lifecycle", "menu_rfm_history", "menu_rfm_transitions"}
MENUS["marketer"] |= {"menu_behaviour", "menu_behaviour_segment", "menu_inactive"}
MENUS["marketer"] |= {"menu_programme", "menu_earn_rules", "menu_earn_versions"}
MENUS["marketer"] |= {"menu_replays"}
MENUS["marketer"] |= {"menu_occasions", "menu_earn_awards"}
MENUS["marketer"] |= {"menu_programme", "menu_act_kinds", "menu_act_codes", "menu_places"}
MENUS["marketer"] |= {"menu_reviews", "menu_indices", "menu_assessments", "menu_acts"}
MENUS["marketer"] |= {"menu_fee_report", "menu_tier_rewards", "menu_tier_notices"}
MENUS["marketer"] |= {"menu_tiers", "menu_tier_standings", "menu_tier_changes", "menu_tier_nudges"}
MENUS["marketer"] |= {"menu_kpi_window", "menu_tier_invitations"}
MENUS["marketer"] |= {"menu_late_attaches", "menu_reward_taken"}
MENUS["auditor"] = MENUS["marketer"] | {"menu_audits", "menu_anchors", "menu_outbox"}
MENUS["auditor"] |= {"menu_adjustments", "menu_adjustments_waiting", "menu_inbound_sms"}
MENUS["auditor"] |= {"menu_view_logs", "menu_reveals", "menu_erasures", "menu_costs"}
MENUS["auditor"] |= {"menu_ledger_postings", "menu_liability", "menu_movement_report"}
MENUS["auditor"] |= {"menu_shortfalls"}
MENUS["auditor"] |= {"menu_offline_allowances"}
MENUS["auditor"] |= {"menu_till_alarms"}
MENUS["manager"] = MENUS["auditor"] | {"menu_member_import", "menu_member_enrol"}
MENUS["manager"] |= {"menu_club_setup", "menu_programme_apply"}
MENUS["marketer"] |= {"menu_member_enrol"}
_CARDS = {"menu_cards", "menu_cards_all"}
MENUS["cashier"] |= _CARDS | {"menu_card_issue"}
_CARDS |= {"menu_stamp_programs", "menu_card_batches", "menu_card_report"}
_CARDS |= {"menu_card_movements", "menu_card_events"}
MENUS["auditor"] |= _CARDS
for _group in ("marketer", "manager"):
    MENUS[_group] |= _CARDS | {"menu_card_issue"}


@tagged("post_install", "-at_install")
class TestScreens(ScreensCommon):
    """Every screen opens for whoever may read it, and for nobody else."""

    def test_every_window_opens_for_every_group(self):
        self.fill()
        for group in CLUB_GROUPS:
            for action in self.our_actions():
                model = self.env[action.res_model].with_user(self.users[group])
                if model.has_access("read"):
                    with self.subTest(group=group, action=action.name):
                        self.open_window(action, self.users[group])

    def test_windows_without_right_to_read_are_refused(self):
        for action in self.our_actions():
            model = self.env[action.res_model].with_user(self.users["internal"])
            with self.subTest(action=action.name), self.assertRaises(AccessError):
                model.web_search_read([], {"id": {}, "display_name": {}})

    def test_every_window_says_what_to_do_when_empty(self):
        for action in self.our_actions().filtered(lambda action: action.target != "new"):
            with self.subTest(action=action.name):
                self.assertIn("o_view_nocontent_smiling_face", action.help or "")

    def test_every_window_has_form_list_and_search_of_its_own(self):
        for action in self.our_actions().filtered(lambda action: action.target != "new"):
            views = self.env["ir.ui.view"].search([("model", "=", action.res_model)])
            with self.subTest(action=action.name):
                self.assertGreaterEqual(set(views.mapped("type")), {"form", "list", "search"})

    def test_every_filter_and_grouping_works(self):
        self.fill()
        manager = self.users["manager"]
        for action in self.our_actions().filtered("search_view_id.id") | self.our_actions():
            model = self.env[action.res_model].with_user(manager)
            search = model.get_views([(False, "search")])["views"]["search"]["arch"]
            for node in etree.fromstring(search).iter("filter"):
                with self.subTest(action=action.name, filter=node.get("name")):
                    self.apply(model, node)

    def apply(self, model, node):
        """Use one filter of a search view."""
        context = safe_eval(node.get("context") or "{}")
        if node.get("date"):
            self.assertIn(model._fields[node.get("date")].type, ("date", "datetime"))
        elif context.get("group_by"):
            self.group(model, context["group_by"])
        else:
            names = {"uid": model.env.uid, "time": time, "datetime": datetime}
            model.search(Domain(safe_eval(node.get("domain"), names)), limit=5)

    def test_searching_by_typing_works(self):
        for action in self.our_actions():
            model = self.env[action.res_model].with_user(self.users["manager"])
            search = model.get_views([(False, "search")])["views"]["search"]["arch"]
            for node in etree.fromstring(search).iter("field"):
                domain = node.get("filter_domain")
                if domain:
                    with self.subTest(action=action.name, field=node.get("name")):
                        model.search(Domain(safe_eval(domain, {"self": "sara"})), limit=5)

    def test_menus_are_those_of_the_group(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", MODULE), ("model", "=", "ir.ui.menu"), ("name", "!=", "menu_root")]
        )
        menus = self.env["ir.ui.menu"].browse(data.mapped("res_id"))
        names = {row.res_id: row.name for row in data}
        for group in ("internal", *CLUB_GROUPS):
            visible = menus.with_user(self.users[group])._visible_menu_ids()
            reached = {
                names[menu.id]
                for menu in menus
                if {int(x) for x in menu.parent_path.split("/")[:-1]} <= visible
            }
            with self.subTest(group=group):
                self.assertEqual(reached, MENUS.get(group, set()))

    def test_inherited_screens_open_with_and_without_the_club(self):
        self.fill()
        for model, view, groups in (
            ("res.partner", "base.view_partner_form", ("internal", *CLUB_GROUPS)),
            ("pos.order", "point_of_sale.view_pos_pos_form", ("cashier",)),
            ("pos.config", "point_of_sale.pos_config_view_form", ("cashier",)),
            ("stock.warehouse", "stock.view_warehouse", ("internal", *CLUB_GROUPS)),
            ("loyalty.program", "loyalty.loyalty_program_view_form", ("cashier",)),
            ("loyalty.card", "loyalty.loyalty_card_view_form", ("cashier",)),
        ):
            for group in groups:
                records = self.env[model].with_user(self.users[group])
                arch = records.get_view(self.env.ref(view).id, "form")["arch"]
                with self.subTest(model=model, group=group):
                    self.read_form(records, etree.fromstring(arch), new=False)
