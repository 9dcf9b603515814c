"""What cashiers say to a customer: the club's own lines, one for each situation."""

import re

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

# In the order in which a line is looked for, where the club has put them in no other.
SITUATIONS = [
    ("birthday", "Birthday today"),
    ("anniversary", "Wedding anniversary today"),
    ("expiring", "Value expires soon"),
    ("close", "Close to the next level"),
    ("offer", "An offer for this member alone"),
    ("greeting", "Any other member"),
    ("stranger", "Not a member"),
]
# What a line may name, and where.
_ALWAYS = frozenset({"club"})
_MEMBER = _ALWAYS | {"name", "points", "level"}
_NAMED = {
    "birthday": _MEMBER,
    "anniversary": _MEMBER,
    "expiring": _MEMBER | {"amount", "day"},
    "close": _MEMBER | {"missing", "next"},
    "offer": _MEMBER | {"offer"},
    "greeting": _MEMBER,
    "stranger": _ALWAYS,
}
_WORD = re.compile(r"\{([^{}]*)\}")


def _filled(text, words):
    """``text`` with words in place of what it names."""
    return _WORD.sub(lambda found: str(words.get(found[1], "")), text).strip()


class LoyaltyClubTillScript(models.Model):
    """A line for the cashier, said when its situation is there.

    Of several that fit, the first one in the club's order is shown.
    """

    _name = "loyalty.club.till.script"
    _inherit = ["loyalty.club.remembered"]
    _description = "Line for the Cashier"
    _order = "club_id, sequence, id"
    _rec_name = "situation"

    club_id = fields.Many2one("loyalty.club", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="club_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10, help="Of several lines that fit, the first is shown.")
    active = fields.Boolean(default=True)
    situation = fields.Selection(SITUATIONS, required=True, default="greeting")
    text = fields.Text(
        string="What the cashier says",
        required=True,
        translate=True,
        help="{name}, {points}, {level} and {club} stand for the member's; {amount} and {day} for "
        "what expires and when; {missing} and {next} for what is left to the next level; "
        "{offer} for the offer's name.",
    )
    within_days = fields.Integer(
        string="Days ahead",
        default=14,
        help="“Value expires soon”: so many days before its last day, or fewer.",
    )
    from_percent = fields.Integer(
        string="From (%)",
        default=80,
        help="“Close to the next level”: so much of the way is behind her, or more.",
    )

    _bounds_sound = models.Constraint(
        "CHECK (within_days >= 0 AND from_percent BETWEEN 0 AND 100)",
        "Days ahead are zero or more, and a part of the way lies between 0 and 100 per cent.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("text", "situation")
    def _check_text(self):
        for script in self:
            unknown = set(_WORD.findall(script.text)) - _NAMED[script.situation]
            if unknown:
                raise ValidationError(
                    self.env._(
                        "“%(text)s” names {%(word)s}, which is not known there. Use these alone: "
                        "%(known)s.",
                        text=script.text,
                        word=sorted(unknown)[0],
                        known=", ".join(f"{{{word}}}" for word in sorted(_NAMED[script.situation])),
                    )
                )

    # === CRUD METHODS === #

    def _update_field_translations(self, field_name, translations, *args, **kwargs):
        result = super()._update_field_translations(field_name, translations, *args, **kwargs)
        self.env.registry.clear_cache()
        return result

    # === BUSINESS METHODS === #

    @api.model
    @tools.ormcache("club_id", "self.env.lang")
    def _lines(self, club_id):
        """The club's lines in the language of the environment, in their order.

        :returns: tuple of (situation, text, days ahead, per cent).
        """
        # sudo: a cashier says them, whatever rights she has
        scripts = self.sudo().search([("club_id", "=", club_id)])
        return tuple(
            (script.situation, script.text, script.within_days, script.from_percent)
            for script in scripts
        )

    @api.model
    def _said(self, club, facts):
        """The line to show: the first one whose situation is there, or an empty text.

        :param club: loyalty.club.
        :param facts: dict of situation to its words, a dict of placeholder to text, for each
            situation that is there; ``expiring`` has ``in_days`` besides, ``close`` ``percent``.
        """
        for situation, text, days, percent in self._lines(club.id):
            words = facts.get(situation)
            if words is None:
                continue
            if situation == "expiring" and words["in_days"] > days:
                continue
            if situation == "close" and words["percent"] < percent:
                continue
            return _filled(text, {"club": club.name, **words})
        return ""

    @api.model
    def _create_defaults(self, club):
        """Lines to begin with, in the club's own words later."""
        names = club._default_names()
        return self.create(
            [
                {
                    "club_id": club.id,
                    "situation": situation,
                    "sequence": 10 * (number + 1),
                    "text": names[f"script_{situation}"],
                }
                for number, (situation, _label) in enumerate(SITUATIONS)
            ]
        )


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    till_script_ids = fields.One2many(
        "loyalty.club.till.script", "club_id", string="What cashiers say", copy=True
    )

    def _set_up(self):
        result = super()._set_up()
        if not self.till_script_ids:
            self.env["loyalty.club.till.script"]._create_defaults(self)
        return result

    @api.model
    def _default_names(self):
        return super()._default_names() | {
            "script_birthday": self.env._("Happy birthday, {name}! We wish you a good year."),
            "script_anniversary": self.env._("Happy wedding anniversary, {name}!"),
            "script_expiring": self.env._(
                "{amount} of yours can be used until {day} only. Shall I use it now?"
            ),
            "script_close": self.env._("Only {missing} more and you are on {next}, {name}."),
            "script_offer": self.env._("There is an offer for you alone: {offer}."),
            "script_greeting": self.env._("Welcome, {name}. You have {points}."),
            "script_stranger": self.env._(
                "Would you like to join {club}? Your mobile number is all I need."
            ),
        }
