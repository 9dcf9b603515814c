"""How the document behind a ledger entry is called, for staff and members alike."""

from collections import defaultdict

from odoo import api, fields, models


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    document = fields.Char(
        string="Receipt or order",
        compute="_compute_document",
        help="Receipt or order by which the value moved.",
    )

    @api.depends("origin_model", "origin_id")
    def _compute_document(self):
        """Staff are told of every document by the name that its own screens use."""
        origins = {(entry.origin_model, entry.origin_id) for entry in self if entry.origin_id}
        names = self._document_names(origins)
        others = defaultdict(list)
        for model, record_id in origins - names.keys():
            others[model].append(record_id)
        for model in others.keys() & set(self.env.registry):
            # sudo: the name alone is shown; opening it asks for the user's own rights
            documents = self.env[model].sudo().browse(others[model]).exists()
            names |= {(model, record.id): record.display_name for record in documents}
        for entry in self:
            entry.document = names.get((entry.origin_model, entry.origin_id))

    @api.model
    def _document_names(self, origins):
        """Names of documents as printed on what the member holds.

        Only the kinds of documents of which a member has a copy are named; one query each.

        :param origins: pairs of model name and id, as entries keep them.
        :returns: dict of such a pair to its text.
        """
        ids = defaultdict(set)
        for model, record_id in origins:
            ids[model].add(record_id)
        names = {}
        for model, (field, text) in self._document_texts().items():
            if ids[model]:
                # sudo: a member knows the number on her receipt; nothing else of it is read
                documents = self.env[model].sudo().with_context(active_test=False)
                found = documents.search_fetch([("id", "in", list(ids[model]))], [field])
                names |= {
                    (model, record.id): text % {"number": record[field]}
                    for record in found
                    if record[field]
                }
        return names

    @api.model
    def _document_texts(self):
        """Kinds of documents of which a member has a copy: extended where there are more.

        :returns: dict of model name to the field with its number and the text around it.
        """
        return {"pos.order": ("pos_reference", self.env._("Receipt %(number)s"))}
