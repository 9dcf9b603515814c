from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        # sudo: what follows from the merge, whoever may see members
        partners = self.env["res.partner"].sudo().browse(partner_ids).exists()
        self.env.flush_all()
        self.env.invalidate_all()  # stock moves records by SQL
        self.env["loyalty.club.duplicate"]._close_one_contact(partners)
        partners._club_sync_mobiles()
        return result

    def _update_foreign_keys(self, src_partners, dst_partner):
        # sudo: lends access to what points at the contacts and goes with them, whoever may see it.
        # Stock moves most of it by SQL, but reads a website's visitors with the user's rights,
        # which nobody has who does not design websites.
        return super()._update_foreign_keys(src_partners.sudo(), dst_partner.sudo())

    def _merge_loyalty_cards(self, src_partners, dst_partner):
        """Memberships of one club are merged first; cards then go with the membership, not
        by adding points up.

        :raises AccessError: when two of the contacts are members of the same club, and the
            user is no club manager.
        :raises UserError: when one of these memberships has value on hold.
        """
        partners = src_partners | dst_partner
        # sudo: memberships of any company are at stake; merging them checks the right
        for members in partners.sudo().club_member_ids.grouped("club_id").values():
            if len(members) > 1:
                survivor = members.sorted(
                    lambda member: (
                        member.state != "active",
                        member.partner_id != dst_partner,
                        member.id,
                    )
                )[0]
                (members - survivor).with_user(self.env.user)._merge_into(
                    survivor, self.env._("The contacts were merged")
                )
        # sudo: as above
        managed = partners.sudo().club_member_ids.wallet_ids.card_ids
        if managed:
            self.env.cr.execute(
                "UPDATE loyalty_card SET partner_id = %s WHERE id IN %s",
                (dst_partner.id, tuple(managed.ids)),
            )
            managed.invalidate_recordset(["partner_id"])
        return super()._merge_loyalty_cards(src_partners, dst_partner)
