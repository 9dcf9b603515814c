"""Rates at which the club converts for its members, on certain days of the year."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

from ..clock import today_in
from ..domain.periods import month_label, month_start
from ..movement import Movement

_BATCH = 500


class LoyaltyClubConversion(models.Model):
    """Points that become a reward by themselves, as soon as there are enough of them on the day
    of issue."""

    _inherit = "loyalty.club.conversion"

    issue_months = fields.Char(
        string="Issued in months",
        help="On the first days of these months, by number, whatever members have is converted "
        "for them: “1, 5, 9” is three times a year. Empty: members convert when they like.",
    )
    issue_calendar = fields.Selection(
        [("gregorian", "Gregorian"), ("jalali", "Jalali")],
        string="Months of",
        required=True,
        default="gregorian",
        help="Calendar whose months are meant: 1 is January, or Farvardin.",
    )
    issued_on = fields.Date(string="Last issued on", readonly=True, copy=False)

    # === CONSTRAINT METHODS === #

    @api.constrains("issue_months")
    def _check_issue_months(self):
        for rate in self:
            try:
                months = rate._issue_months()
            except ValueError:
                months = [0]
            if any(not 1 <= month <= 12 for month in months):
                raise ValidationError(
                    self.env._("Write months by their numbers, 1 to 12, with commas between them.")
                )

    # === BUSINESS METHODS === #

    @api.model
    def _for_member_herself(self, member):
        """Rates at which ``member`` converts when she likes: the club issues by none of them."""
        return self._for_member(member).filtered(lambda rate: not rate.issue_months)

    @api.model
    def _is_offered(self, club):
        """Whether members of ``club`` find a rate of their own today; costs no query."""
        today = today_in(club.company_id)
        return any(
            (not first or first <= today) and (not last or today <= last)
            for first, last in self._days_of(club.id)
        )

    @api.model
    @ormcache("club_id")
    def _days_of(self, club_id):
        """First and last day of each rate of a club that members use themselves."""
        # sudo: kept for all users
        rates = self.sudo().search([("club_id", "=", club_id), ("issue_months", "in", (False, ""))])
        return [(rate.valid_from, rate.valid_until) for rate in rates]

    def _issue_months(self):
        return [int(part) for part in (self.issue_months or "").split(",") if part.strip()]

    @api.model
    def _cron_issue(self):
        """Convert for all members at the rates whose day it is, once in a month."""
        for rate in self.search([("issue_months", "not in", (False, ""))]):
            today = today_in(rate.company_id)
            jalali = rate.issue_calendar == "jalali"
            first = month_start(today, jalali=jalali)
            month = int(month_label(today, jalali=jalali)[-2:])
            done = rate.issued_on and rate.issued_on >= first
            in_force = rate.filtered_domain(rate._valid_on(today))
            if in_force and not done and month in rate._issue_months():
                if not rate._issue(first):
                    return
                rate.issued_on = today

    def _issue(self, first):
        """Convert what members have, in batches; False when the job's time is over.

        :param first: first day of the month: each member is converted for once in it.
        """
        Cron, after = self.env["ir.cron"], 0
        while wallets := self._wallets_to_convert(after):
            self._convert_for(wallets, first)
            after = wallets[-1].id
            if Cron._commit_progress(len(wallets)) <= 0:
                return False
        return True

    def _wallets_to_convert(self, after):
        """The next wallets with enough in them, in the order of their ids."""
        least = max(self.minimum, self.from_kind_id.rounding)
        return self.env["loyalty.club.wallet"].search(
            Domain("kind_id", "=", self.from_kind_id.id)
            & Domain("member_id.state", "=", "active")
            & Domain("balance", ">=", least)
            & Domain("id", ">", after),
            order="id",
            limit=_BATCH,
        )

    def _convert_for(self, wallets, first):
        """Convert whole units of the rate for the holders of ``wallets``: two calls of the door.

        :raises UserError: when what was taken cannot be given; nothing is taken then.
        """
        self.ensure_one()
        unit, given = Decimal(str(self.from_amount)), Decimal(str(self.to_amount))
        times = {
            wallet: int(Decimal(str(wallet.available)) // unit)
            for wallet in wallets
            if wallet.available >= self.minimum
        }
        times = {wallet: number for wallet, number in times.items() if number}
        common = {"origin": (self._name, self.id), "note": self.display_name}
        key = f"issue:{self.id}:{first}"
        Wallet = self.env["loyalty.club.wallet"]
        taken = Wallet._post(
            [
                Movement(
                    wallet.id, -unit * number, "convert_out", f"{key}:{wallet.id}:out", **common
                )
                for wallet, number in times.items()
            ]
        )
        paid = [
            wallet
            for wallet, outcome in zip(times, taken, strict=True)
            if outcome.status == "posted"
        ]
        members = self.env["loyalty.club.member"].union(*(wallet.member_id for wallet in paid))
        targets = self.to_kind_id._wallets_of(members)
        self.env["loyalty.card"]._club_create_for(self.to_kind_id, targets.values())
        movements = [
            Movement(
                targets[wallet.member_id.id].id,
                given * times[wallet],
                "convert_in",
                f"{key}:{wallet.id}:in",
                **common,
            )
            for wallet in paid
        ]
        refusal = Wallet._refusal_text_in(movements, Wallet._post(movements))
        if refusal:
            raise UserError(refusal)
