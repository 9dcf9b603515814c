from odoo import api, fields, models
from odoo.exceptions import UserError

from ..clock import today_in
from ..domain import profile

_GIVEN = {"identity_type", "identity_code", "birthday", "anniversary"}


class LoyaltyClubMember(models.Model):
    """What is known of a member that is nobody else's business: identity code and dates.

    Clients write ``identity_code``, ``birthday`` and ``anniversary``; what is kept of them are
    columns that only our own code writes (:mod:`..vault`). The identity code is always sealed and
    reads masked; dates are sealed where the club marks them sensitive.
    """

    _name = "loyalty.club.member"
    _inherit = ["loyalty.club.member", "loyalty.club.sealed.birthday"]
    _sealed = {
        "identity_sealed": "identity_code",
        "birthday_sealed": "birthday",
        "anniversary_sealed": "anniversary",
    }
    _blind = frozenset({"identity_index"})
    _dates = {"birthday": "birth", "anniversary": "anniversary"}

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_kept_columns(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_kept_columns(vals)
        if not _GIVEN & vals.keys():
            return super().write(vals)
        for member in self:  # what is sealed is bound to its holder
            vals = member._without_unseen(vals)
            member._tell_of_correction(vals)
            kept = member._kept_values(vals, member.club_id, member.number)
            if kept.get("identity_index"):
                member._check_identities_free([(member.club_id.id, kept["identity_index"])])
            super(LoyaltyClubMember, member).write(kept)
        return True

    def _number(self, vals_list):
        """A new membership has its number here: what is given can be bound to it."""
        result = super()._number(vals_list)
        Club = self.env["loyalty.club"]
        for vals in vals_list:
            if _GIVEN & vals.keys():
                kept = self._kept_values(vals, Club.browse(vals["club_id"]), vals["number"])
                vals.clear()
                vals.update(kept)
        given = ((vals["club_id"], vals.get("identity_index")) for vals in vals_list)
        self._check_identities_free([(club, index) for club, index in given if index])
        return result

    @api.model
    def _kept_columns(self):
        """Columns that our own code alone writes."""
        kept = {"identity_sealed", "identity_index", "age_group"}
        for name, mirror in self._dates.items():
            kept |= {f"{name}_plain", f"{name}_sealed", f"{mirror}_gregorian", f"{mirror}_jalali"}
        return kept

    @api.model
    def _is_own_field(self, name):
        return super()._is_own_field(name) or name in self._kept_columns()

    def _check_kept_columns(self, vals):
        """:raises UserError: when somebody writes what is worked out from what was given."""
        if not self.env.su and self._kept_columns() & vals.keys():
            raise UserError(
                self.env._(
                    "This is worked out by the club. Write the identity code, the birthday or the "
                    "anniversary itself."
                )
            )

    # === BUSINESS METHODS === #

    def _plain_value(self, name):
        """The true value of ``identity_code``, ``birthday`` or ``anniversary`` of one member.

        For callers who have a right to it: the member's own pages, her export, a reveal.

        :returns: text, date, or None when it is unknown or its key is missing.
        """
        self.ensure_one()
        if name == "identity_code":
            return self._unseal("identity_sealed")
        return self.sudo()[name] or None  # sudo: opens for our own code; see _compute_one_date

    def _kept_values(self, vals, club, holder):
        """``vals`` with the columns in place of what was given.

        :param club: loyalty.club of the member.
        :param holder: the membership number.
        """
        kept = {name: value for name, value in vals.items() if name not in _GIVEN}
        for name in self._dates.keys() & vals.keys():
            kept |= self._date_columns(name, vals[name], holder, club)
        if "birthday" in vals:
            day = fields.Date.to_date(vals["birthday"])
            kept["age_group"] = day and profile.age_group(day, today_in(club.company_id))
        if {"identity_type", "identity_code"} & vals.keys():
            kept |= self._identity_columns(vals, holder)
        return kept

    def _tell_of_correction(self, vals):
        """Say in the chatter that something was corrected, not what to."""
        known = [
            self._fields[name]._description_string(self.env)
            for name in (*self._dates, "identity_code")
            if name in vals and self._plain_value(name)
        ]
        if known:
            self._message_log(
                body=self.env._("Corrected: %(fields)s", fields=", ".join(sorted(known)))
            )

    # --- what else is kept of it -----------------------------------------------------

    def _hand_over_profile(self, survivor):
        """What the survivor does not say of itself is sealed again for it."""
        result = super()._hand_over_profile(survivor)
        values = {
            name: self._plain_value(name)
            for name in self._dates
            if not survivor._plain_value(name) and self._plain_value(name)
        }
        if not survivor.identity_index and self._plain_value("identity_code"):
            values |= {
                "identity_type": self.identity_type,
                "identity_code": self._plain_value("identity_code"),
            }
        if values:
            survivor.write(values)
        return result
