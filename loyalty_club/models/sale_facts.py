from odoo import api, fields, models

from ..const import AGE_GROUPS, MEMBER_KINDS, SEXES
from ..domain.sale_facts import FACTS


class LoyaltyClubSaleFacts(models.AbstractModel):
    """What further conditions of earning rules may ask about a sale.

    It has no records: it lends the editor of conditions its names. What each of them means is
    worked out by :mod:`~..domain.sale_facts`, which has the same names; a test compares them.
    """

    _name = "loyalty.club.sale.facts"
    _description = "Facts of a Sale"

    # --- the basket
    amount = fields.Float(string="Amount of the purchase")
    quantity = fields.Float(string="Units bought")
    product_ids = fields.Many2many("product.product", string="Product variants in the basket")
    product_tmpl_ids = fields.Many2many("product.template", string="Products in the basket")
    category_ids = fields.Many2many("product.category", string="Categories in the basket")
    tag_ids = fields.Many2many("product.tag", string="Tags in the basket")
    # --- the place
    branch_id = fields.Many2one("loyalty.club.branch")
    channel = fields.Selection([("pos", "Till"), ("sale", "Sales order"), ("website", "Website")])
    payment_method_ids = fields.Many2many("pos.payment.method", string="Paid by")
    wallet_kind_ids = fields.Many2many("loyalty.club.wallet.kind", string="Paid from wallets")
    card_shown = fields.Boolean(string="Membership card shown")
    # --- the time
    date = fields.Date(string="Day of the purchase")
    weekday = fields.Integer(string="Weekday (0 Monday to 6 Sunday)")
    hour = fields.Float(string="Hour of the day")
    month = fields.Integer()
    day = fields.Integer(string="Day of the month")
    jalali_month = fields.Integer(string="Persian month")
    jalali_day = fields.Integer(string="Day of the Persian month")
    # --- the person
    tier_id = fields.Many2one("loyalty.club.tier")
    segment_ids = fields.Many2many("loyalty.club.segment", string="Segments")
    member_kind = fields.Selection(MEMBER_KINDS, string="Kind of member")
    is_company = fields.Boolean(string="Is a company")
    sex = fields.Selection(SEXES)
    age_group = fields.Selection(AGE_GROUPS, string="Age group")
    area_id = fields.Many2one("loyalty.club.area")
    join_date = fields.Date(string="Joined on")
    member_days = fields.Integer(string="Days since joining")
    is_birthday = fields.Boolean(string="Birthday")
    is_birthday_jalali = fields.Boolean(string="Birthday (Persian calendar)")
    is_anniversary = fields.Boolean(string="Wedding anniversary")
    is_anniversary_jalali = fields.Boolean(string="Wedding anniversary (Persian calendar)")
    purchase_number = fields.Integer(string="Number of this purchase")
    days_since_last = fields.Integer(string="Days since the last purchase")

    # === CRUD METHODS === #

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """The facts alone: a sale that is being judged has no id and no name."""
        found = super().fields_get(allfields, attributes)
        return {name: fact for name, fact in found.items() if name in FACTS}
