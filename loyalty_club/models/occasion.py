from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..domain.expiry import is_day_of_year

# An occasion with days around it stays within one year.
MOST_AROUND = 180


class LoyaltyClubOccasion(models.Model):
    """Days that come back: of the Persian or the Gregorian year, of each member, or listed.

    Feasts of the lunar calendar move through the solar year: :mod:`.occasion_lunar` lists
    their days.
    """

    _name = "loyalty.club.occasion"
    _description = "Occasion"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    calendar = fields.Selection(
        [
            ("jalali", "A day of the Persian year"),
            ("gregorian", "A day of the Gregorian year"),
            ("birthday", "Each member's birthday"),
            ("anniversary", "Each member's wedding anniversary"),
            ("dates", "Listed days"),
        ],
        string="Which day",
        required=True,
        default="jalali",
        help="Birthdays and anniversaries are kept in the Persian calendar by companies in Iran.",
    )
    month = fields.Integer(default=1)
    day = fields.Integer(default=1)
    before = fields.Integer(string="Days before", help="So many days before it count as well.")
    after = fields.Integer(string="Days after", help="So many days after it count as well.")
    date_ids = fields.One2many("loyalty.club.occasion.date", "occasion_id", copy=True)
    rule_count = fields.Integer(string="Rules", compute="_compute_rule_count")

    _around_sound = models.Constraint(
        f"CHECK (before BETWEEN 0 AND {MOST_AROUND} AND after BETWEEN 0 AND {MOST_AROUND})",
        f"Up to {MOST_AROUND} days before and after an occasion can count.",
    )

    # === COMPUTE METHODS === #

    def _compute_rule_count(self):
        for occasion in self:  # few
            occasion.rule_count = len(occasion._rules())

    # === CONSTRAINT METHODS === #

    @api.constrains("calendar", "month", "day", "date_ids")
    def _check_day(self):
        for occasion in self:
            if occasion.calendar in ("jalali", "gregorian") and not is_day_of_year(
                occasion.calendar, occasion.month, occasion.day
            ):
                raise ValidationError(
                    self.env._(
                        "“%(occasion)s”: no year has a day %(day)s in month %(month)s.",
                        occasion=occasion.name,
                        day=occasion.day,
                        month=occasion.month,
                    )
                )
            if occasion.calendar == "dates" and not occasion.date_ids:
                raise ValidationError(
                    self.env._("List the days of “%(occasion)s”.", occasion=occasion.name)
                )

    # === CRUD METHODS === #

    def write(self, vals):
        """Rules in force follow: from now on they count on the new days."""
        if "company_id" in vals and any(one.company_id.id != vals["company_id"] for one in self):
            raise UserError(self.env._("An occasion stays with its company. Make another one."))
        result = super().write(vals)
        if vals.keys() & {"calendar", "month", "day", "before", "after"}:
            self._rules()._note_version()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        if self.with_context(active_test=False)._rules():
            raise UserError(
                self.env._("Earning rules name this occasion. Archive it, or change them first.")
            )

    # === ACTION METHODS === #

    def action_view_rules(self):
        """Open the rules that count on this occasion."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.earn_rule_action")
        return dict(action, domain=[("occasion_ids", "in", self.ids)], context={})

    # === BUSINESS METHODS === #

    def _rules(self):
        # sudo: a rule counts whoever may see it
        Rule = self.env["loyalty.club.earn.rule"].sudo()
        return Rule.search([("occasion_ids", "in", self.ids)]) if self.ids else Rule

    def _specs(self, is_jalali):
        """Occasions as specs have them.

        :param is_jalali: whether members' own days are kept in the Persian calendar.
        """
        return [occasion._spec(is_jalali) for occasion in self]

    def _spec(self, is_jalali):
        own = self.calendar in ("birthday", "anniversary")
        spec = {
            "occasion": self._origin.id,
            "calendar": f"{self.calendar}_jalali" if own and is_jalali else self.calendar,
            "before": self.before,
            "after": self.after,
        }
        if self.calendar == "dates":
            spec["dates"] = [day.date.isoformat() for day in self.date_ids.sorted("date")]
        elif not own:
            spec |= {"month": self.month, "day": self.day}
        return spec


class LoyaltyClubOccasionDate(models.Model):
    """One day of an occasion that has no fixed day in the year."""

    _name = "loyalty.club.occasion.date"
    _description = "Day of an Occasion"
    _order = "occasion_id, date"
    _rec_name = "date"

    occasion_id = fields.Many2one(
        "loyalty.club.occasion", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="occasion_id.company_id", store=True, precompute=True)
    date = fields.Date(required=True)

    _once = models.UniqueIndex("(occasion_id, date)", "This day is listed already.")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        days = super().create(vals_list)
        days.occasion_id._rules()._note_version()
        return days

    def write(self, vals):
        occasions = self.occasion_id
        result = super().write(vals)
        (occasions | self.occasion_id)._rules()._note_version()
        return result

    def unlink(self):
        rules = self.occasion_id._rules()
        result = super().unlink()
        rules._note_version()
        return result
