"""A change of phone, e-mail, password or PIN holds up what could empty an account."""

from odoo import fields, models

_CONTACT = {"phone", "email"}


class LoyaltyClubMember(models.Model):
    """When the ways to reach a member last changed."""

    _inherit = "loyalty.club.member"

    contact_changed_at = fields.Datetime(
        string="Contact changed",
        readonly=True,
        copy=False,
        help="Last change of phone, e-mail address, password or PIN of a card. For a time after "
        "it nothing can be sent to other members.",
    )


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        if not _CONTACT & vals.keys() or not self._club_transfers_value():
            return super().write(vals)
        Outbox = self.env["loyalty.club.outbox"]
        addresses = {partner: Outbox._address_of(partner) for partner in self}
        before = {partner: partner._club_contact() for partner in self}
        result = super().write(vals)
        changed = self.filtered(lambda partner: partner._club_contact() != before[partner])
        changed._club_contact_changed(addresses)
        return result

    def _club_contact(self):
        """What a change of means another way to reach the person, not another spelling."""
        return (self.phone_sanitized or self.phone, self.email_normalized)

    def _club_transfers_value(self):
        # sudo: whether any club does is a rule, not someone's value
        kinds = self.env["loyalty.club.wallet.kind"].sudo()
        return bool(kinds.search_count([("transferable", "=", True)], limit=1))

    def _club_contact_changed(self, addresses=None):
        """Hold up transfers of these members for a time, and tell the old address.

        :param addresses: dict of partner to channel and address until now.
        """
        members = self._club_frozen_members()
        members.write({"contact_changed_at": fields.Datetime.now()})
        self._club_warn(addresses, members)

    def _club_frozen_members(self):
        # sudo: whoever may change a contact does this with it, without rights on members
        members = self.env["loyalty.club.member"].sudo()
        return members.search(
            [("partner_id", "in", self.ids), ("club_id.kind_ids.transferable", "=", True)]
        )

    def _club_warn(self, addresses, members):
        """Tell the old addresses of these members that they were changed."""
        texts = []
        for partner, memberships in members.grouped("partner_id").items():
            channel, address = (addresses or {}).get(partner, (None, None))
            if address:
                where = {"channel": channel, "address": address}
                texts.append({**partner._club_warning(memberships[0].company_id), **where})
        if texts:
            self.env["loyalty.club.outbox"]._queue_texts("contact_changed", texts)

    def _club_warning(self, company):
        told = self.env["loyalty.club.outbox"]._in_language_of(self)
        return {
            "partner_id": self.id,
            "company_id": company.id,
            "subject": told._("Your contact details were changed"),
            "body": told._(
                "Your phone number or e-mail address at the customer club was changed. If this "
                "was not you, tell the shop at once."
            ),
        }


class ResUsers(models.Model):
    _inherit = "res.users"

    def _set_password(self):
        result = super()._set_password()
        # The first password is no change; whoever has signed in before has had one.
        self.filtered("login_date").partner_id._club_contact_changed()
        return result
