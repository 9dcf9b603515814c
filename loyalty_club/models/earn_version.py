from odoo import api, fields, models
from odoo.tools import ormcache

from .append_only import freeze_table

SOURCES = [
    ("basic", "Terms of the club"),
    ("cashback", "Percentage of a kind of value"),
    ("rule", "Earning rule"),
    ("tier", "Level"),
]
# What has counted since before anybody wrote versions down.
EPOCH = fields.Datetime.to_datetime("1970-01-01 00:00:00")


class LoyaltyClubEarnVersion(models.Model):
    """What purchases earned from one moment to another: terms of earning as they were.

    A sale is judged by the version in force when it was made, however late it arrives, and a
    return by the very versions that its goods had earned by.
    """

    _name = "loyalty.club.earn.version"
    _inherit = ["loyalty.club.fact"]
    _description = "Version of an Earning Rule"
    _order = "valid_from desc, id desc"
    _log_access = False
    # A version that another one follows ends then; what it says stays.
    _repointable = frozenset({"valid_until"})

    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    source = fields.Selection(SOURCES, string="Comes from", required=True, readonly=True)
    rule_id = fields.Many2one(
        "loyalty.club.earn.rule",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    tier_id = fields.Many2one(
        "loyalty.club.tier", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    kind_id = fields.Many2one(
        "loyalty.club.wallet.kind",
        string="Gives",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    number = fields.Integer(string="Version", required=True, readonly=True)
    spec = fields.Json(string="Terms", required=True, readonly=True)
    valid_from = fields.Datetime(required=True, readonly=True)
    valid_until = fields.Datetime(readonly=True, help="Exclusive. Empty: until further notice.")
    user_id = fields.Many2one(
        "res.users", string="By", required=True, readonly=True, ondelete="restrict"
    )
    sentence = fields.Text(
        compute="_compute_sentence", help="What the version means, in your language."
    )
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("now", "In force"),
            ("past", "Replaced"),
            ("never", "Never came into force"),
        ],
        string="Status",
        compute="_compute_state",
    )

    _club_index = models.Index("(club_id, valid_from)")
    _number_unique = models.UniqueIndex(
        "(club_id, source, COALESCE(rule_id, 0), COALESCE(tier_id, 0), kind_id, number)",
        "There is a version of this number already.",
    )

    def init(self):
        freeze_table(self.env.cr, self._table, repointable=sorted(self._repointable))

    # === COMPUTE METHODS === #

    @api.depends("rule_id", "tier_id", "kind_id", "source", "number")
    def _compute_display_name(self):
        sources = dict(self._fields["source"]._description_selection(self.env))
        for version in self:
            origin = version.rule_id or version.tier_id
            if not origin and version.source == "cashback":
                origin = version.kind_id
            version.display_name = self.env._(
                "%(origin)s, version %(number)s",
                origin=origin.display_name if origin else sources.get(version.source, ""),
                number=version.number,
            )

    @api.depends("spec")
    @api.depends_context("lang")
    def _compute_sentence(self):
        Sentence = self.env["loyalty.club.earn.sentence"]
        sentences = Sentence._sentences([version.spec or {} for version in self])
        for version, sentence in zip(self, sentences, strict=True):
            version.sentence = sentence

    @api.depends("valid_from", "valid_until")
    def _compute_state(self):
        now = fields.Datetime.now()
        for version in self:
            ends = version.valid_until
            if not version.valid_from or (ends and ends <= version.valid_from):
                version.state = "never"
            elif version.valid_from > now:
                version.state = "planned"
            else:
                version.state = "past" if ends and ends <= now else "now"

    # === CRUD METHODS === #

    @api.model
    def _fact_refusal(self):
        return self.env._(
            "What counted for sales that were made is not changed. Change the rule or the terms: "
            "that makes a new version."
        )

    # === BUSINESS METHODS === #

    @api.model
    @ormcache("club_id")
    def _specs(self, club_id):
        """Every version of a club that ever counted, kept in memory: each sale reads them.

        :returns: tuple of (version id, valid_from, valid_until or None, spec), oldest first;
            moments in UTC, the second exclusive. Nobody changes the specs.
        """
        # sudo: what a sale earns does not depend on who sells
        versions = self.sudo().search([("club_id", "=", club_id)], order="valid_from, id")
        return tuple(
            (version.id, version.valid_from, version.valid_until or None, version.spec)
            for version in versions
            if not version.valid_until or version.valid_until > version.valid_from
        )

    @api.model
    def _note(self, club, source, record, specs, since=None):
        """Let what ``record`` earns be ``specs`` from ``since`` on.

        What was planned for it and has not begun never will; what is in force ends then. Nothing
        is noted where nothing changes.

        :param club: loyalty.club.
        :param source: key of ``SOURCES``.
        :param record: the rule, the tier, or the kind of value (cashback); nothing for the
            club's own terms.
        :param specs: list of specs, one for each kind of value; none: it earns nothing.
        :param since: moment (UTC); nothing: now. For what never had a version the club's terms
            count since ever.
        """
        now = fields.Datetime.now()
        # sudo: whoever may change the rule leaves a trace of what it was
        versions = self.sudo().search(
            [("club_id", "=", club.id), ("source", "=", source), *_key(source, record)]
        )
        since = max(since or now, now) if versions else since or now
        wanted = {spec["kind"]: spec for spec in specs}
        kept = set()
        for planned in versions.filtered(lambda version: version.valid_from > now):
            if planned.valid_from == since and planned.spec == wanted.get(planned.kind_id.id):
                kept.add(planned.kind_id.id)
            else:
                planned.valid_until = planned.valid_from
        for version in versions.filtered(lambda version: version._is_running(now)):
            kind = version.kind_id.id
            if version.spec == wanted.get(kind):
                kept.add(kind)
                ends = False
            else:
                ends = max(since, version.valid_from)
            if (version.valid_until or False) != ends:
                version.valid_until = ends
        number = max(versions.mapped("number"), default=0) + 1
        self.sudo().create(  # sudo: as above
            [
                {
                    "club_id": club.id,
                    "company_id": club.company_id.id,
                    "source": source,
                    "rule_id": record.id if source == "rule" else False,
                    "tier_id": record.id if source == "tier" else False,
                    "kind_id": kind_id,
                    "number": number,
                    "spec": spec,
                    "valid_from": since,
                    "user_id": self.env.uid,
                }
                for kind_id, spec in wanted.items()
                if kind_id not in kept
            ]
        )
        self.env.registry.clear_cache()

    def _is_running(self, moment):
        ends = self.valid_until
        return self.valid_from <= moment and (not ends or ends > moment)


def _key(source, record):
    """Which versions of a source are those of ``record``, as a domain."""
    name = {"rule": "rule_id", "tier": "tier_id", "cashback": "kind_id"}.get(source)
    return [(name, "=", record.id)] if name else []
