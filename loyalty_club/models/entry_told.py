"""How ledger entries are explained to the member whose they are."""

from collections import defaultdict

from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date, format_list

from ..clock import day_at, today_in, zone_of


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    # === BUSINESS METHODS === #

    def _told_to_members(self):
        """How these entries came about, in sentences for the members whose they are.

        Which purchase, by which rules and with which numbers; until when it is valid; where
        what has expired had come from. A fixed number of queries for all of them.

        :returns: dict of entry's id to a list of texts; entries of which there is no more to
            say than their rows do are missing.
        """
        entries = self.sudo()  # sudo: her own; the caller has found them
        told = defaultdict(list)
        for tell in (entries._tell_purchases, entries._tell_awards, entries._tell_days):
            for entry, text in tell():
                told[entry.id].append(text)
        return dict(told)

    def _tell_purchases(self):
        """What the purchases came to by which these entries moved."""
        origins = defaultdict(set)
        for entry in self.filtered("origin_id"):
            origins[entry.origin_model].add(entry.origin_id)
        if not origins:
            return
        purchases = self.env["loyalty.club.purchase"]._of_documents(self.member_id, origins)
        sums = defaultdict(float)
        for purchase in purchases:
            sums[purchase.member_id, purchase.origin_model, purchase.origin_id] += purchase.amount
        for entry in self:
            amount = sums.get((entry.member_id, entry.origin_model, entry.origin_id))
            if amount:
                company = entry.company_id
                money = company.currency_id._format_shown(abs(amount), company)
                yield (
                    entry,
                    self.env._("The purchase came to %(amount)s.", amount=money)
                    if amount > 0
                    else self.env._("Goods for %(amount)s came back.", amount=money),
                )

    def _tell_awards(self):
        """By which rules something was earned, or of what it was taken back."""
        for entry in self:
            awards = entry.award_ids or entry.reverses_id.award_ids.filtered(
                lambda award: award.amount < 0
            )
            for text in awards.sorted("id")._explain(members=True):
                yield entry, text

    def _tell_days(self):
        """Until when what came in is valid, and when what has expired had come in."""
        for entry in self:
            if entry.kind == "expire":
                days = entry._days_of(entry.allocation_ids.lot_id.mapped("date"))
                text = days and self.env._("It came in on %(days)s and was not used.", days=days)
            elif entry.amount > 0:
                text = entry._validity()
            else:
                continue
            if text:
                yield entry, text

    def _validity(self):
        """When what this entry brought in can be used."""
        lots = self.lot_ids
        texts = []
        first = max(lots.filtered("available_on").mapped("available_on"), default=None)
        if first and first > today_in(self.company_id):
            day = format_date(self.env, first)
            texts.append(self.env._("It can be used from %(day)s on.", day=day))
        last = sorted(set(lots.filtered("expires_on").mapped("expires_on")))
        if last:
            days = format_list(self.env, [format_date(self.env, day) for day in last])
            texts.append(self.env._("Valid until %(days)s.", days=days))
        return " ".join(texts)

    def _days_of(self, moments):
        """Days of these moments by the club's clock, in words."""
        zone = zone_of(self.company_id)
        days = sorted({day_at(moment, zone) for moment in moments})
        return format_list(self.env, [format_date(self.env, day) for day in days])


class LoyaltyClubPurchase(models.Model):
    _inherit = "loyalty.club.purchase"

    def _of_documents(self, members, origins):
        """Purchases of ``members`` by documents: one query.

        :param origins: dict of model name to ids.
        """
        domain = Domain.OR(
            Domain("origin_model", "=", model) & Domain("origin_id", "in", list(ids))
            for model, ids in origins.items()
        )
        return self.search_fetch(
            Domain("member_id", "in", members.ids) & domain,
            ["member_id", "origin_model", "origin_id", "amount"],
        )
