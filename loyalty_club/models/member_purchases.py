"""A member's purchases on every channel, and what they brought her."""

from collections import defaultdict
from decimal import Decimal

from odoo import models
from odoo.fields import Domain

from .pos_receipt import EARNED, GIVEN, SPENT

_SHOWN = [
    "date", "amount", "refund", "quantity", "branch_id", "channel", "company_id", "origin_model",
    "origin_id",
]  # fmt: skip


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    def _purchases_page(self, domain, limit, offset=0):
        """Purchases of this member, the newest first: loyalty.club.purchase.

        :param domain: narrows them.
        """
        self.ensure_one()
        # sudo: her own; the caller has found her
        purchases = self.env["loyalty.club.purchase"].sudo()
        return purchases.search_fetch(
            Domain("member_id", "=", self.id) & domain, _SHOWN, limit=limit, offset=offset
        )

    def _purchases_count(self, domain):
        """How many there are."""
        # sudo: as above
        purchases = self.env["loyalty.club.purchase"].sudo()
        return purchases.search_count(Domain("member_id", "=", self.id) & domain)

    def _branches_of_purchases(self):
        """Shops in which this member has bought: loyalty.club.branch."""
        # sudo: as above
        purchases = self.env["loyalty.club.purchase"].sudo()
        groups = purchases._read_group([("member_id", "=", self.id)], ["branch_id"])
        return self._named_branches(branch.id for (branch,) in groups)

    def _branches_of_entries(self, wallet):
        """Shops in which value of ``wallet`` has moved: loyalty.club.branch."""
        # sudo: as above
        entries = self.env["loyalty.club.entry"].sudo()
        groups = entries._read_group([("wallet_id", "=", wallet.id)], ["branch_id"])
        return self._named_branches(branch.id for (branch,) in groups)

    def _named_branches(self, ids):
        # sudo: a shop's name is for everybody
        return self.env["loyalty.club.branch"].sudo().browse(filter(None, ids)).sorted("name")


class LoyaltyClubPurchase(models.Model):
    _inherit = "loyalty.club.purchase"

    def _brought(self):
        """What these purchases brought and cost in value of the club, in words.

        What was earned is told net of what was taken back by the same document. Two queries,
        whatever their number.

        :returns: dict of purchase's id to a dict of ``earned`` and ``spent``, lists of texts.
        """
        sums = self._moved()
        kinds = self.env["loyalty.club.wallet.kind"].browse({kind for _key, kind, _what in sums})
        brought = defaultdict(lambda: {"earned": [], "spent": []})
        for kind in kinds.sorted(lambda kind: (kind.sequence, kind.id)):
            for purchase in self:
                key = (purchase.member_id.id, purchase.origin_model, purchase.origin_id)
                for what, sign in (("earned", 1), ("spent", -1)):
                    amount = sign * sums.get((key, kind.id, what), Decimal(0))
                    if amount:
                        text = kind._format_shown(abs(amount))
                        brought[purchase.id][what].append(f"−{text}" if amount < 0 else text)
        return dict(brought)

    def _moved(self):
        """Sums of the entries of these purchases' documents.

        :returns: dict of document, wallet kind's id and ``earned`` or ``spent`` to Decimal; a
            document is member's id, model and id.
        """
        ids = defaultdict(set)
        for purchase in self.filtered("origin_id"):
            ids[purchase.origin_model].add(purchase.origin_id)
        sums = defaultdict(Decimal)
        if not ids:
            return sums
        found = self.env["loyalty.club.entry"].search_fetch(
            Domain("member_id", "in", self.member_id.ids)
            & Domain.OR(
                Domain("origin_model", "=", model) & Domain("origin_id", "in", list(some))
                for model, some in ids.items()
            ),
            ["member_id", "wallet_id", "kind", "amount", "origin_model", "origin_id"],
        )
        for entry in found:
            what = "spent" if entry.kind in SPENT else "earned"
            if what == "spent" or entry.kind in (*EARNED, *GIVEN):
                key = (entry.member_id.id, entry.origin_model, entry.origin_id)
                sums[key, entry.kind_id.id, what] += Decimal(str(entry.amount))
        return sums
