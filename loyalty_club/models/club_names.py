from psycopg2.extras import Json

from odoo import api, models
from odoo.tools import SQL

from ..const import ACT_KINDS, PURPOSES

# Where the names that set-up gives stand: model, field, and which of the names are found there.
NAMED = (
    ("loyalty.club", "name", ("club",)),
    ("loyalty.club", "point_name", ("unit",)),
    ("loyalty.club.wallet.kind", "name", ("points", "debt")),
    ("loyalty.club.rfm.class", "name", ("platinum", "gold", "silver", "bronze")),
    ("loyalty.club.branch", "name", ("branch",)),
    (
        "loyalty.club.lifecycle",
        "name",
        tuple(
            f"lifecycle_{code}"
            for code in (
                "never",
                "lost",
                "new",
                "at_risk",
                "loyal",
                "cooling",
                "potential",
                "dormant",
            )
        ),
    ),
    (
        "loyalty.club.segment",
        "name",
        (
            "segment_new",
            "segment_birthday",
            "segment_best",
            "segment_near",
            "segment_idle",
            "segment_lost",
            "segment_never",
            "segment_expiring",
        ),
    ),
    ("loyalty.club.grade", "name", ("grade_a", "grade_b", "grade_c")),
    (
        "loyalty.club.occasion",
        "name",
        (
            "occasion_nowruz",
            "occasion_nowruz_shopping",
            "occasion_school",
            "occasion_yalda",
            "occasion_teacher",
            "occasion_valentine",
            "occasion_new_year",
            "occasion_black_friday",
            "occasion_birthday",
            "occasion_mother",
            "occasion_father",
            "occasion_ramadan",
            "occasion_fitr",
            "occasion_birthday_week",
            "occasion_anniversary",
        ),
    ),
    *(
        (
            "loyalty.club.act.kind",
            field,
            tuple(f"act_{code}{ending}" for code in ACT_KINDS),
        )
        for field, ending in (("name", ""), ("how", "_how"))
    ),
    (
        "loyalty.club.till.script",
        "text",
        tuple(
            f"script_{situation}"
            for situation in (
                "birthday",
                "anniversary",
                "expiring",
                "close",
                "offer",
                "greeting",
                "stranger",
            )
        ),
    ),
    ("loyalty.reward", "description", ("reward",)),
    ("product.template", "name", ("reward",)),
    *(
        ("loyalty.club.purpose", field, tuple(f"purpose_{code}_{field}" for code in PURPOSES))
        for field in ("name", "text", "data_used", "recipients")
    ),
    ("loyalty.club.agreement", "name", ("agreement",)),
)


class LoyaltyClub(models.Model):
    """The names that set-up gives to what it makes, in every language of the database.

    They are words of the code, while what they name are records: without this a club made by
    somebody who reads English would have English classes for everyone, for ever.
    """

    _inherit = "loyalty.club"

    @api.model
    def _default_names(self):
        """What set-up calls the things it makes, in the language of the environment."""
        return {
            "club": self.env._("Customer Club"),
            "unit": self.env._("points"),
            "points": self.env._("Points"),
            "debt": self.env._("Points owed"),
            "platinum": self.env._("Platinum"),
            "gold": self.env._("Gold"),
            "silver": self.env._("Silver"),
            "bronze": self.env._("Bronze"),
            "branch": self.env._("Main shop"),
            "reward": self.env._("Discount for points"),
        }

    @api.model
    def _translate_default_names(self):
        """Write the names that set-up gave in all installed languages.

        A name that somebody has changed, in whichever language, is left as it is.
        """
        codes = {"en_US", *(code for code, _name in self.env["res.lang"].get_installed())}
        texts = {code: self.with_context(lang=code)._default_names() for code in codes}
        for model, field, keys in NAMED:
            self.env[model].flush_model([field])
            for key in keys:
                self._translate_default(model, field, {code: texts[code][key] for code in codes})
            self.env[model].invalidate_model([field])
        self._translate_program_names()
        self._translate_payment_names()

    def _translate_default(self, model, field, by_language):
        table, column = (SQL.identifier(self.env[model]._table), SQL.identifier(field))
        self.env.cr.execute(
            SQL(
                """
                UPDATE %(table)s
                   SET %(column)s = %(names)s
                 WHERE %(column)s != %(names)s
                   AND NOT EXISTS (
                       SELECT FROM jsonb_each_text(%(column)s) AS given
                        WHERE given.value != ALL(%(words)s)
                   )
                """,
                table=table,
                column=column,
                names=SQL("%s::jsonb", Json(by_language)),
                words=list(by_language.values()),
            )
        )

    def _translate_program_names(self):
        """The till reads the names of a club and of its points from the club's program."""
        Program = self.env["loyalty.program"]
        Program.flush_model(["name", "portal_point_name"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE loyalty_program AS program
                   SET name = CASE program.name->'en_US' WHEN club.name->'en_US'
                              THEN club.name || program.name ELSE program.name END,
                       portal_point_name = club.point_name
                  FROM loyalty_club AS club
                 WHERE club.program_id = program.id
                """
            )
        )
        Program.invalidate_model(["name", "portal_point_name"])

    @api.model
    def _translate_payment_names(self):
        """Ways to pay that bear the name of a kind of value bear it in every language."""
        self.env["loyalty.club.wallet.kind"].flush_model(["name"])
        self.env["pos.payment.method"].flush_model(["name", "club_wallet_kind_id"])
        self.env.cr.execute(
            """
            UPDATE pos_payment_method AS method
               SET name = kind.name || method.name
              FROM loyalty_club_wallet_kind AS kind
             WHERE method.club_wallet_kind_id = kind.id AND NOT method.name @> kind.name
               AND EXISTS (SELECT FROM jsonb_each_text(method.name) AS given
                             JOIN jsonb_each_text(kind.name) AS own USING (value))
            """
        )
        self.env["pos.payment.method"].invalidate_model(["name"])

    def _update_field_translations(self, field_name, translations, *args, **kwargs):
        """A translation that a person enters reaches the till as well."""
        result = super()._update_field_translations(field_name, translations, *args, **kwargs)
        mirrored = {"name": "name", "point_name": "portal_point_name"}.get(field_name)
        if mirrored and result:
            # sudo: the club's terms are its manager's; programs belong to sales
            programs = self.sudo().program_id
            for program in programs:
                program._update_field_translations(mirrored, translations, *args, **kwargs)
        return result
