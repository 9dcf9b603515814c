"""By what a member is recognised: number, mobile, card, identity code; each names one person."""

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import SQL
from odoo.tools.misc import split_every

from ..domain.phone import mobile_numbers

_BATCH = 10_000


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    def _mobiles(self, text, country=None):
        """Every mobile number that ``text`` may mean here, the likeliest first.

        :param text: number in any writing; nothing gives nothing.
        :param country: res.country of the person, when it is known.
        :returns: tuple of numbers in E.164.
        """
        if not text:
            return ()
        # sudo: in which country the club is, is known to all
        home = self.sudo().company_id._club_place().country
        return mobile_numbers(text, country.code if country else None, home)


class LoyaltyClubMember(models.Model):
    """The mobile number belongs to one member of a club; whoever else has it on the contact is
    offered as a possible duplicate, and goes without."""

    _inherit = "loyalty.club.member"

    mobile = fields.Char(
        readonly=True,
        copy=False,
        help="The contact's phone number, if it is a mobile's: by it the member is recognised. "
        "Empty as well when another member of the club has the same number.",
    )

    _mobile_unique = models.UniqueIndex(
        "(club_id, mobile) WHERE mobile IS NOT NULL AND merged_into_id IS NULL",
        "Another member of the club has this mobile number.",
    )
    _mobile_former = models.Index(
        "(club_id, mobile) WHERE mobile IS NOT NULL AND merged_into_id IS NOT NULL"
    )

    # === CRUD METHODS === #

    @api.model
    def _is_own_field(self, name):
        return name == "mobile" or super()._is_own_field(name)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_mobile(vals)
        try:
            return super().create(vals_list)
        except UniqueViolation as error:
            raise self._as_race(error) from error

    def _joined(self):
        result = super()._joined()
        self.filtered(lambda member: not member.mobile)._note_shared_mobiles()
        return result

    def write(self, vals):
        self._check_mobile(vals)
        return super().write(vals)

    def _check_mobile(self, vals):
        if "mobile" in vals and not self.env.su:
            raise UserError(
                self.env._("The mobile number of a member is the contact's. Change it there.")
            )

    @api.model
    def _number(self, vals_list):
        result = super()._number(vals_list)
        self._put_mobiles(vals_list)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_pass_mobile_on(self):
        # sudo: whoever may delete a membership does this with it
        members = self.sudo()
        heirs = members._waiting_for_mobiles()
        if heirs:
            members.filtered("mobile").mobile = False
            heirs._sync_mobile()

    # === BUSINESS METHODS === #

    def _wanted_mobile(self):
        """The mobile number of the contact in E.164, or ``""``."""
        # sudo: by whom a member is recognised depends on nobody's rights on contacts
        partner = self.sudo().partner_id
        return next(iter(self.club_id._mobiles(partner.phone, partner.country_id)), "")

    @api.model
    def _put_mobiles(self, vals_list):
        """Give new memberships their mobile numbers, if nobody has them; one query per club."""
        # sudo: see _wanted_mobile
        partners = self.env["res.partner"].sudo().browse(vals["partner_id"] for vals in vals_list)
        by_club = {}
        for partner, vals in zip(partners, vals_list, strict=True):
            vals.pop("mobile", None)
            club = self.env["loyalty.club"].browse(vals["club_id"])
            mobile = next(iter(club._mobiles(partner.phone, partner.country_id)), None)
            if mobile:
                by_club.setdefault(club, {}).setdefault(mobile, vals)
        for club, first in by_club.items():
            taken = set(self.sudo()._by_mobile_held(club, first).mapped("mobile"))
            for mobile in first.keys() - taken:
                first[mobile]["mobile"] = mobile

    @api.model
    def _by_mobile_held(self, club, mobiles):
        """The memberships, not merged, that have these numbers of ``club``."""
        return self.search(
            [
                ("club_id", "=", club.id),
                ("mobile", "in", list(mobiles)),
                ("merged_into_id", "=", False),
            ]
        )

    def _sync_mobile(self):
        """Bring the mobile numbers in line with the contacts' phones; set-based.

        The member who has a number keeps it as long as it is the contact's; another one who
        wants it goes without, and the pair is noted as a possible duplicate.

        :raises ConcurrencyError: when another transaction took a number at the same moment;
            the request is then tried again.
        """
        # sudo: a change of a contact does this with it, whoever makes it
        members = self.sudo()
        wanted = {member: member._wanted_mobile() for member in members}
        changed = members.filtered(lambda member: (member.mobile or "") != wanted[member])
        if not changed:
            return
        freeing = changed.filtered("mobile")
        heirs = freeing._waiting_for_mobiles() - changed
        self._write_mobiles({member.id: wanted[member] for member in changed})
        changed.filtered(lambda member: not member.mobile)._note_shared_mobiles()
        heirs._sync_mobile()
        self.env["loyalty.club.duplicate"]._close_settled(freeing | heirs)

    def _write_mobiles(self, wanted):
        """Write what of ``wanted`` is free.

        :param wanted: dict of member id to number in E.164 or ``""``.
        """
        self.flush_model()
        ids, mobiles = list(wanted), list(wanted.values())
        try:
            self.env.cr.execute(
                SQL("UPDATE loyalty_club_member SET mobile = NULL WHERE id = ANY(%s)", ids)
            )
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE loyalty_club_member m SET mobile = first.mobile
                      FROM (SELECT DISTINCT ON (n.club_id, v.mobile, former.id)
                                   n.id, n.club_id, v.mobile, former.id AS former
                              FROM unnest(%s::int[], %s::text[]) AS v(id, mobile)
                              JOIN loyalty_club_member n ON n.id = v.id
                              LEFT JOIN loyalty_club_member former
                                     ON former.id = n.id AND n.merged_into_id IS NOT NULL
                             WHERE v.mobile <> ''
                             ORDER BY n.club_id, v.mobile, former.id, n.state = 'closed', n.id
                           ) AS first
                     WHERE m.id = first.id
                       AND (first.former IS NOT NULL OR NOT EXISTS (
                           SELECT FROM loyalty_club_member holder
                            WHERE holder.club_id = first.club_id
                              AND holder.mobile = first.mobile
                              AND holder.merged_into_id IS NULL))
                    """,
                    ids,
                    mobiles,
                )
            )
        except UniqueViolation as error:
            raise self._as_race(error) from error
        self.invalidate_model(["mobile"])

    @api.model
    def _as_race(self, error):
        """What to raise for a broken index: free a moment ago, the number is taken now, so the
        request is tried again and finds whose it is; any other error stays what it is."""
        if error.diag.constraint_name == "loyalty_club_member_mobile_unique":
            return ConcurrencyError("the mobile number was taken at this moment")
        return error

    def _note_shared_mobiles(self):
        """Offer these members, who go without a number, for merging with those who have it."""
        pairs = []
        for club, members in self.sudo().grouped("club_id").items():
            wanted = {member: member._wanted_mobile() for member in members}
            mobiles = set(wanted.values()) - {""}
            if not mobiles:
                continue
            holders = members._by_mobile_held(club, mobiles).grouped("mobile")
            pairs += [
                (member, holders[mobile])
                for member, mobile in wanted.items()
                if mobile in holders and not member.merged_into_id
            ]
        self.env["loyalty.club.duplicate"]._note(pairs, "mobile")

    def _waiting_for_mobiles(self):
        """The members who go without a number because these have it."""
        return (
            self.env["loyalty.club.duplicate"]
            ._others_of(self, "mobile")
            .filtered(lambda member: not member.mobile and not member.merged_into_id)
        )

    # === SET-UP === #

    def _init_column(self, column_name):
        """A new column of numbers is filled for the members that are there already."""
        if column_name == "mobile":
            self.pool.post_init(self._fill_mobiles)
            return
        super()._init_column(column_name)

    @api.model
    def _fill_mobiles(self):
        """Give all members without one their mobile number, in batches."""
        # sudo: all members of all companies
        members = self.sudo().with_context(active_test=False)
        ids = members.search([("mobile", "=", False)], order="id").ids
        for batch in split_every(_BATCH, ids, list):
            members.browse(batch)._sync_mobile()
            self.env.flush_all()
            self.env.invalidate_all()  # or a million members would fill the memory


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if {"phone", "country_id"} & vals.keys():
            self._club_sync_mobiles()
        return result

    def _club_sync_mobiles(self):
        """Bring the numbers by which the club knows these contacts in line with their phones."""
        # sudo: whoever may change a contact does this with it, without rights on members
        members = self.env["loyalty.club.member"].sudo()
        members.search([("partner_id", "in", self.ids)])._sync_mobile()
