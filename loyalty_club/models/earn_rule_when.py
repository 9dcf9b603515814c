from odoo import fields, models

from ..const import AMOUNT_DIGITS

# In the order of the numbers of date.weekday().
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Channels by which purchases come in, and the field for each.
SALE_CHANNELS = ("pos", "sale", "website")


class LoyaltyClubEarnRule(models.Model):
    """Where and when a rule counts, what it gives at most, and how it goes with others."""

    _inherit = "loyalty.club.earn.rule"

    # --- where and how it is paid
    branch_ids = fields.Many2many(
        "loyalty.club.branch",
        "loyalty_club_earn_rule_branch_rel",
        string="Branches",
        domain="[('club_id', '=', club_id)]",
    )
    channel_pos = fields.Boolean(string="At the till")
    channel_sale = fields.Boolean(string="By sales order")
    channel_website = fields.Boolean(string="On the website")
    payment_method_ids = fields.Many2many(
        "pos.payment.method",
        "loyalty_club_earn_rule_method_rel",
        string="Payment methods",
        domain="[('company_id', '=', company_id)]",
    )
    wallet_kind_ids = fields.Many2many(
        "loyalty.club.wallet.kind",
        "loyalty_club_earn_rule_wallet_kind_rel",
        string="Wallets",
        domain="[('club_id', '=', club_id), ('currency_id', '!=', False)]",
        help="Kinds of value of the club with which the purchase is paid, such as prepaid credit.",
    )
    card_shown = fields.Boolean(
        string="Membership card shown",
        help="Only where the member's card was read at the sale, not for a name that was typed.",
    )

    # --- when
    date_from = fields.Date(string="From", help="First day, by the shop's clock.")
    date_until = fields.Date(string="Until", help="Last day, by the shop's clock.")
    on_monday = fields.Boolean(string="Monday")
    on_tuesday = fields.Boolean(string="Tuesday")
    on_wednesday = fields.Boolean(string="Wednesday")
    on_thursday = fields.Boolean(string="Thursday")
    on_friday = fields.Boolean(string="Friday")
    on_saturday = fields.Boolean(string="Saturday")
    on_sunday = fields.Boolean(string="Sunday")
    hour_from = fields.Float(string="From the hour", default=0.0)
    hour_until = fields.Float(string="until the hour", default=24.0)
    occasion_ids = fields.Many2many(
        "loyalty.club.occasion",
        "loyalty_club_earn_rule_occasion_rel",
        string="Occasions",
        help="Any of them: Nowruz, the member's birthday …",
    )
    nth = fields.Integer(
        string="Only purchase number", help="1: the first purchase of a member. 0: any."
    )
    every_nth = fields.Integer(
        string="Every so many purchases", help="5: the 5th, 10th, 15th … of a member. 0: any."
    )
    within_days = fields.Integer(
        string="Back within (days)",
        help="Only if the member's last purchase was at most so many days ago. 0: any.",
    )
    away_days = fields.Integer(
        string="Back after (days)",
        help="Only if the member had not bought for so many days. 0: any.",
    )
    streak_count = fields.Integer(
        string="In a row",
        help="Only for a purchase in each of so many weeks (days, months) one after the other, "
        "this one included. 0: any.",
    )
    streak_unit = fields.Selection(
        [("day", "days"), ("week", "weeks"), ("month", "months")], required=True, default="week"
    )
    condition = fields.Char(
        string="Further conditions",
        default="[]",
        help="Any of and all of, nested as you like, over what is known of the sale and the "
        "member.",
    )
    effective_from = fields.Datetime(
        string="Counts from",
        copy=False,
        help="Changes that you save count from this moment on. Empty, or past: at once.",
    )

    # --- at most
    cap_sale = fields.Float(
        string="Per purchase", digits=AMOUNT_DIGITS, help="At most so much. 0: no limit."
    )
    cap_member_day = fields.Float(
        string="A member per day", digits=AMOUNT_DIGITS, help="At most so much. 0: no limit."
    )
    cap_member_month = fields.Float(
        string="A member per month",
        digits=AMOUNT_DIGITS,
        help="In a calendar month: the Persian one for companies in Iran. 0: no limit.",
    )
    cap_member_total = fields.Float(
        string="A member in all", digits=AMOUNT_DIGITS, help="At most so much. 0: no limit."
    )
    cap_rule_total = fields.Float(
        string="All members in all",
        digits=AMOUNT_DIGITS,
        help="The budget of the rule: when it is used up the rule gives nothing. 0: no limit.",
    )

    # --- with other rules
    stacking = fields.Selection(
        [
            ("add", "On top of everything else"),
            ("exclusive", "Instead of the rules below it"),
            ("replaces_basic", "Instead of the club's basic terms, for these goods"),
        ],
        string="With other rules",
        required=True,
        default="add",
    )
    group = fields.Char(
        string="Best of",
        help="Of rules with the same word here only the one that gives most counts.",
    )
