from odoo import api, fields, models


class LoyaltyClubSealedBirthday(models.AbstractModel):
    """Persons whose birthday is known: their own, and what of it everybody may read."""

    _name = "loyalty.club.sealed.birthday"
    _inherit = ["loyalty.club.sealed.dates"]
    _description = "Persons with a Birthday"

    birthday = fields.Date(
        compute="_compute_birthday", search="_search_birthday", readonly=False, copy=False
    )
    birthday_hint = fields.Char(string="Birthday (day)", compute="_compute_birthday_hint")
    birthday_plain = fields.Date(string="Birthday, not sealed", readonly=True, copy=False)
    birthday_sealed = fields.Char(readonly=True, copy=False, prefetch=False)
    birth_gregorian = fields.Integer(
        string="Birthday's month and day",
        readonly=True,
        copy=False,
        index="btree_not_null",
        aggregator=None,
        help="Month × 100 + day in the Gregorian calendar: 321 is 21 March.",
    )
    birth_jalali = fields.Integer(
        string="Birthday's month and day (Persian calendar)",
        readonly=True,
        copy=False,
        index="btree_not_null",
        aggregator=None,
        help="Month × 100 + day in the Persian calendar: 101 is 1 Farvardin.",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("uid")
    @api.depends("birthday_plain", "birthday_sealed")
    def _compute_birthday(self):
        self._compute_one_date("birthday")

    @api.depends_context("lang")
    @api.depends("birthday_plain", "birth_gregorian", "birth_jalali")
    def _compute_birthday_hint(self):
        self._compute_one_hint("birthday", "birth")

    @api.model
    def _search_birthday(self, operator, value):
        return self._search_one_date("birthday", "birth", operator, value)
