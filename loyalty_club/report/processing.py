"""The record of processing: what a club uses personal data for, as a document to print."""

from odoo import api, models
from odoo.tools import format_date

from ..clock import today_in
from .statement_pdf import to_pdf


class LoyaltyClubProcessing(models.AbstractModel):
    """Makes the record of processing of a club from its purposes; none is kept."""

    _name = "loyalty.club.processing"
    _description = "Record of Processing"

    @api.model
    def _render(self, club):
        """The record of ``club`` in the language of the environment.

        :param club: loyalty.club that the environment may read.
        :returns: name of the file, its bytes (PDF).
        """
        html = self.env["ir.qweb"]._render("loyalty_club.processing_document", self._values(club))
        day = today_in(club.company_id)
        return f"record-of-processing-{day.isoformat()}.pdf", to_pdf(str(html))

    @api.model
    def _values(self, club):
        purposes = self.env["loyalty.club.purpose"].search([("club_id", "=", club.id)])
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        return {
            "title": self.env._("Record of processing"),
            "lang": (self.env.lang or "en_US").split("_")[0],
            "direction": lang.direction,
            "club": club,
            "company": club.company_id.partner_id,
            "address": ", ".join(
                filter(None, club.company_id.partner_id._display_address(True).split("\n"))
            ),
            "day": format_date(self.env, today_in(club.company_id)),
            "purposes": [self._row(purpose) for purpose in purposes],
        }

    @api.model
    def _row(self, purpose):
        labels = purpose._channel_labels()
        bases = dict(purpose._fields["legal_basis"]._description_selection(self.env))
        channels = [name for name in purpose._channels() if name != "general"]
        return {
            "name": purpose.name,
            "text": purpose.text,
            "version": purpose._versions()[purpose.id].number,
            "basis": bases[purpose.legal_basis],
            "asked": purpose.legal_basis == "consent",
            "agreed": purpose.agreed_count,
            "channels": ", ".join(labels[name] for name in channels),
            "data": purpose.data_used or "",
            "recipients": purpose.recipients or "",
            "days": purpose.retention_days,
        }
