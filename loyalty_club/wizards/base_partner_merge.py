from odoo import models
from odoo.exceptions import UserError


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge_loyalty_cards(self, src_partners, dst_partner):
        """Cards of members go with the membership, not by adding points up.

        :raises UserError: when two of the contacts are members of the same club: their
            value would have to be put together, which a merge of contacts cannot do.
        """
        partners = src_partners | dst_partner
        # sudo: memberships of any company are at stake
        members = partners.sudo().club_member_ids
        for club, same in members.grouped("club_id").items():
            if len(same) > 1:
                raise UserError(
                    self.env._(
                        "%(names)s are members of %(club)s, each with a balance of their own. "
                        "These contacts cannot be merged.",
                        names=same.mapped("display_name"),
                        club=club.name,
                    )
                )
        managed = members.wallet_ids.card_ids
        if managed:
            self.env.cr.execute(
                "UPDATE loyalty_card SET partner_id = %s WHERE id IN %s",
                (dst_partner.id, tuple(managed.ids)),
            )
            managed.invalidate_recordset(["partner_id"])
        return super()._merge_loyalty_cards(src_partners, dst_partner)
