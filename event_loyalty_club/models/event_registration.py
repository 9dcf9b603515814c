from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from odoo.addons.loyalty_club.models.act_batch import ActDone


class EventRegistration(models.Model):
    """Coming to an event is an act of the member who came."""

    _inherit = "event.registration"

    @api.model_create_multi
    def create(self, vals_list):
        registrations = super().create(vals_list)
        registrations.filtered(lambda one: one.state == "done")._earn_club_acts()
        return registrations

    def write(self, vals):
        came = self.filtered(lambda one: one.state != "done") if vals.get("state") == "done" else ()
        result = super().write(vals)
        if came:
            came._earn_club_acts()
        return result

    def _earn_club_acts(self):
        """Reward the members among those who came; an event counts once for each."""
        # sudo: whoever stands at the door; what coming brings is the club's business
        came = self.sudo().filtered(lambda one: one.event_id.club_act_kind_id)
        for kind, own in came.grouped(lambda one: one.event_id.club_act_kind_id).items():
            who = own._club_members(kind.club_id)
            self.env["loyalty.club.member"]._earn_acts(
                kind.code,
                [
                    ActDone(
                        who[one],
                        f"event-{one.event_id.id}:{who[one].id}",
                        origin=(one._name, one.id),
                        note=one.event_id.name,
                    )
                    for one in own
                    if who[one]
                ],
            )

    def _club_members(self, club):
        """Who came, as members of ``club``: by the attendee's own e-mail address or mobile.

        Who booked for others did not come in their place: the booking counts only where the
        attendee is not known by anything of her own.

        :returns: dict of registration to loyalty.club.member, maybe empty; two queries.
        """
        mobiles = {one: club._mobiles(one.phone, club.company_id.country_id) for one in self}
        emails = {one: email_normalize(one.email or "") or "" for one in self}
        own = Domain("mobile", "in", list(set().union(*mobiles.values())))
        own |= Domain("partner_id.email_normalized", "in", list(filter(None, emails.values())))
        members = self.env["loyalty.club.member"].search(
            Domain("club_id", "=", club.id)
            & Domain("merged_into_id", "=", False)
            & (own | Domain("partner_id", "in", self.partner_id.ids)),
            order="id",
        )
        by_mobile = {member.mobile: member for member in members if member.mobile}
        by_email = {member.partner_id.email_normalized: member for member in members[::-1]}
        by_contact = {member.partner_id: member for member in members}
        nobody = members.browse()
        return {
            one: next((by_mobile[mobile] for mobile in mobiles[one] if mobile in by_mobile), None)
            or (emails[one] and by_email.get(emails[one]))
            or (one._is_of_booker(emails[one]) and by_contact.get(one.partner_id))
            or nobody
            for one in self
        }

    def _is_of_booker(self, email):
        """Whether the attendee is the one who booked, as far as the registration tells."""
        return not email or email == self.partner_id.email_normalized
