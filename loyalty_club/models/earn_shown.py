"""Where it is shown why something was earned: on documents for staff, in short for members."""

from collections import defaultdict

from odoo import api, fields, models

from .pos_lines import money
from .pos_receipt import EARNED


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    @api.model
    def _explained_of(self, model, ids):
        """What documents earned and why, in sentences with the numbers: two queries for all.

        :param model: model of the documents.
        :param ids: their ids.
        :returns: dict of such an id to text; documents that earned nothing are missing.
        """
        # sudo: whoever may read the document may know what it earned
        entries = self.sudo().search(
            [("origin_model", "=", model), ("origin_id", "in", list(ids)), ("kind", "in", EARNED)],
            order="id",
        )
        texts = defaultdict(list)
        for entry in entries:
            if entry.explanation:
                texts[entry.origin_id].append(entry.explanation)
        return {document: "\n".join(parts) for document, parts in texts.items()}

    def _explained_to_members(self):
        """In short what these entries were earned by: dict of entry id to text.

        Nothing is said where a purchase earned what every purchase does.
        """
        texts = {}
        for entry in self:
            awards = entry.award_ids.filtered(lambda award: award.amount > 0)
            parts = defaultdict(lambda: money(0))
            for award in awards.sorted("id"):
                parts[award._named_to_members()] += money(award.amount)
            if len(parts) > 1 or any(award.version_id.source == "rule" for award in awards):
                texts[entry.id] = " · ".join(
                    f"{name} {entry.kind_id._format(amount)}" for name, amount in parts.items()
                )
        return texts


class LoyaltyClubEarnAward(models.Model):
    _inherit = "loyalty.club.earn.award"

    def _named_to_members(self):
        """What gave it, in words for members: a rule's own name is the staff's."""
        version = self.version_id
        if version.source == "rule":
            return version.rule_id.note or self.env._("Extra")
        if version.source == "tier":
            return version.tier_id.name
        return self.env._("Purchase")


class PosOrder(models.Model):
    _inherit = "pos.order"

    club_explanation = fields.Text(
        string="What it earned and why", compute="_compute_club_explanation"
    )

    @api.model
    def _load_pos_data_fields(self, config):
        """Stock's till reads every field after each sale, and does not show all of ours."""
        names = super()._load_pos_data_fields(config) or self.fields_get(attributes=())
        return [name for name in names if name not in self._club_untold()]

    @api.model
    def _club_untold(self):
        """Names of fields that no till reads; to put many rules into words takes longer than to
        ask them."""
        return {"club_explanation"}

    @api.model
    def _load_pos_data_read(self, records, config):
        """Fields are named by the rights of whoever reads the records: stock may ask with more."""
        return super(PosOrder, self.with_env(records.env))._load_pos_data_read(records, config)

    @api.depends("club_withheld")
    def _compute_club_explanation(self):
        texts = self.env["loyalty.club.entry"]._explained_of("pos.order", self.ids)
        for order in self:
            parts = (order._club_withheld_text(), texts.get(order.id))
            order.club_explanation = "\n".join(filter(None, parts)) or False
