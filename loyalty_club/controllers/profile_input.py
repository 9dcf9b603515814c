"""What people type about themselves, on the form to join and on their own pages."""

from babel.dates import get_month_names

from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import email_normalize
from odoo.tools.misc import get_lang

from ..domain.codes import InputError, ascii_digits
from ..domain.dates import typed_moment

DATES = ("birthday", "anniversary")
CHOICES = ("sex", "education", "preferred_channel", "preferred_reward")
ADDRESS = ("street", "city", "zip")
_LONGEST = 200
_JALALI = "fa"


class ProfileInput:
    """The club's questions of one step, with what a form answered to them.

    :param club: loyalty.club.
    :param step: ``join`` or ``profile``.
    """

    def __init__(self, club, step):
        self.club = club
        self.fields = club._profile_fields(step)
        self._member = request.env["loyalty.club.member"]

    # === FOR THE TEMPLATE === #

    @property
    def asked(self):
        """List of (code, label, mandatory), in the club's order."""
        codes = self.fields.browse()._fields["code"]
        labels = dict(codes._description_selection(request.env))
        return [(field.code, labels[field.code], field.mandatory) for field in self.fields]

    def options(self, code):
        """List of (value, text) to choose from."""
        if code in CHOICES or code == "identity_type":
            return self._member._fields[code]._description_selection(request.env)
        model = {"area_id": "loyalty.club.area", "interest_ids": "loyalty.club.interest"}[code]
        # sudo: what the club offers to choose from is for everybody's eyes
        records = request.env[model].sudo().search([("club_id", "=", self.club.id)])
        return [(record.id, record.display_name) for record in records]

    @property
    def months(self):
        """List of (number, name) in the calendar of the page's language."""
        if self.is_jalali:
            policy = request.env["loyalty.club.expiry.policy"].new({"calendar": "jalali"})
            return list(policy._month_names().items())
        return list(get_month_names("wide", locale=get_lang(request.env).code).items())

    @property
    def is_jalali(self):
        """Whether the page's dates are of the Persian calendar."""
        return (request.env.lang or "").startswith(_JALALI)

    # === WHAT WAS TYPED === #

    def read_form(self, form, skip=()):
        """Values of the fields, by code; what was not in the form is left out.

        :param form: dict of texts.
        :param skip: codes that are not read.
        :raises UserError: with a sentence that says what to correct.
        """
        values = {}
        for field in self.fields.filtered(lambda field: field.code not in skip):
            values |= self._read_one(field.code, form)
        return values

    def _read_one(self, code, form):
        if code in DATES:
            return self.read_date(code, form)
        if code == "address":
            return {name: self._text(form[name]) for name in ADDRESS if name in form}
        if code == "interest_ids":
            return self._interests(form)
        if code == "family_ids" or code not in form:
            return {}
        text = self._text(form[code])
        if code == "email":
            return {code: self._email(text)}
        if code == "identity_code":
            kinds = dict(self.options("identity_type"))
            kind = form.get("identity_type")
            return {code: text, "identity_type": kind if kind in kinds else False} if text else {}
        if code in CHOICES:
            return {code: text if text in dict(self.options(code)) else False}
        if code == "area_id":
            areas = {str(key): key for key, _name in self.options(code)}
            return {code: areas.get(text, False)}
        return {code: text}

    def _text(self, text):
        text = "".join(char for char in text if char.isprintable()).strip()
        if len(text) > _LONGEST:
            raise UserError(request.env._("“%(text)s…” is too long. Shorten it.", text=text[:30]))
        return text

    def _email(self, text):
        if text and not email_normalize(text):
            raise UserError(request.env._("“%(text)s” is no e-mail address. Check it.", text=text))
        return email_normalize(text) if text else False

    def _interests(self, form):
        if "interests" not in form:  # a hidden input that says the question was on the page
            return {}
        known = dict(self.options("interest_ids"))
        return {"interest_ids": [key for key in known if form.get(f"interest_{key}")]}

    def read_date(self, code, form):
        """A date of three inputs, in the calendar of the page's language.

        :returns: dict of ``code`` to the date; empty when nothing was typed.
        :raises UserError: when it is no date.
        """
        parts = [
            ascii_digits(form.get(f"{code}_{part}") or "").strip()
            for part in ("year", "month", "day")
        ]
        if not any(parts):
            return {}
        labels = {key: text for key, text, _must in self.asked}
        try:
            year, month, day = (int(part) for part in parts)
            fits = self.is_jalali == (1300 <= year < 1500)
            moment = typed_moment(f"{year:04d}/{month:02d}/{day:02d}") if fits else None
        except (ValueError, InputError):
            moment = None
        if not moment:
            raise UserError(
                request.env._(
                    "“%(field)s” is no date: give day, month and a year of four digits.",
                    field=labels.get(code, request.env._("Birthday")),
                )
            )
        return {code: moment.day}
