"""Enrolling many contacts at once."""

from odoo import api, models

from .enrolment import EnrolmentOutcome, tried_again


class LoyaltyClubEnrolment(models.AbstractModel):
    _inherit = "loyalty.club.enrolment"

    def _contact_refusal(self, club, partner):
        """Why ``partner`` cannot become a member: reason and text, or None."""
        if not partner.active:
            return "archived", self.env._(
                "%(name)s is archived. Bring the contact back first.", name=partner.display_name
            )
        if partner.company_id and partner.company_id != club.company_id:
            return "company", self.env._(
                "%(name)s is a contact of another company.", name=partner.display_name
            )
        if partner.parent_id and partner.type != "contact":
            return "address", self.env._(
                "%(name)s is an address, no person. Enrol whose address it is.",
                name=partner.display_name,
            )
        return None

    @api.model
    def _enrol_partners(self, club, partners, channel="backend", branch=None, **values):
        """Make members of those contacts who are not yet; set-based.

        :param club: loyalty.club, one record.
        :param partners: res.partner.
        :param channel: one of ``const.CHANNELS``.
        :param branch: home shop of the new members.
        :param values: further values of the new memberships, for example their ``kind``.
        :returns: dict of contact to :class:`EnrolmentOutcome`, in the order of ``partners``.
        :raises ConcurrencyError: see :meth:`_enrol`.
        """
        # sudo: see _enrol
        entry, club, partners = self.sudo(), club.sudo(), partners.sudo()
        outcomes, fresh, shared = entry._recognise_partners(club, partners)
        new = [
            {
                "club_id": club.id,
                "partner_id": partner.id,
                "channel": channel,
                "branch_id": branch.id if branch else False,
                **values,
            }
            for partner in fresh
        ]
        with tried_again():
            created = entry.env["loyalty.club.member"].create(new)
            self.env.flush_all()
        member_of = dict(zip(fresh, created, strict=True))
        for partner, member in member_of.items():
            outcomes[partner] = EnrolmentOutcome("enrolled", member)
        pairs = []
        for partner, holder in shared.items():
            member = holder if holder._name == created._name else member_of[holder]
            pairs.append((member, partner))
            outcomes[partner] = EnrolmentOutcome(
                "known",
                member,
                "mobile",
                entry.env._(
                    "%(member)s has the same mobile number. See “Possible duplicates”.",
                    member=member.display_name,
                ),
            )
        entry.env["loyalty.club.duplicate"]._note(pairs, "mobile")
        return {partner: outcomes[partner] for partner in partners}

    def _recognise_partners(self, club, partners):
        """Tell who of ``partners`` is a member, who can become one, and who shares a mobile.

        :returns: dict of contact to outcome; contacts to enrol; dict of contact to the member,
            or the contact to enrol, who has the same number.
        """
        Member = self.env["loyalty.club.member"]
        present = Member.search([("club_id", "=", club.id), ("partner_id", "in", partners.ids)])
        by_partner = {
            member.partner_id: member._survivor() for member in present.sorted("merged_into_id")
        }
        mobiles = {
            partner: next(iter(club._mobiles(partner.phone, partner.country_id)), None)
            for partner in partners
        }
        holders = Member._by_mobile_held(club, filter(None, mobiles.values())).grouped("mobile")
        outcomes, fresh, shared = {}, self.env["res.partner"], {}
        for partner, mobile in mobiles.items():
            refusal = self._contact_refusal(club, partner)
            if partner in by_partner:
                outcomes[partner] = self._known(by_partner[partner])
            elif refusal:
                outcomes[partner] = self._refusal(*refusal)
            elif mobile in holders:
                shared[partner] = holders[mobile]
            else:
                fresh |= partner
                if mobile:
                    holders[mobile] = partner
        return outcomes, fresh, shared

    def _known(self, member):
        if member.state == "closed":
            return self._refusal(
                "closed",
                self.env._(
                    "%(member)s has closed the membership. Reopen it instead.",
                    member=member.display_name,
                ),
            )
        return EnrolmentOutcome(
            "known",
            member,
            "contact",
            self.env._("%(member)s is a member already.", member=member.display_name),
        )
