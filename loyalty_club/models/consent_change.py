from odoo import api, fields, models
from odoo.tools import SQL

from ..const import CONSENT_CHANNELS, CONSENT_SOURCES
from .append_only import freeze_table

_COLUMNS = SQL("member_id, club_id, company_id, purpose_id, channel, given, source, version_id")


class LoyaltyClubConsentChange(models.Model):
    """One answer of a member, as it was given: when, where, to which words, and the proof.

    Facts: they are added, never changed or deleted. Only whose they are follows a member
    whose membership is merged.
    """

    _name = "loyalty.club.consent.change"
    _inherit = ["loyalty.club.fact"]
    _description = "Change of Consent"
    _order = "date desc, id desc"
    _log_access = False
    _rec_name = "purpose_id"
    _repointable = frozenset({"member_id"})
    _erasable = frozenset({"proof"})

    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="restrict"
    )
    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    purpose_id = fields.Many2one(
        "loyalty.club.purpose", required=True, readonly=True, ondelete="restrict"
    )
    channel = fields.Selection(CONSENT_CHANNELS, required=True, readonly=True)
    given = fields.Boolean(string="Agreed", required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    source = fields.Selection(CONSENT_SOURCES, required=True, readonly=True)
    version_id = fields.Many2one(
        "loyalty.club.purpose.version",
        string="Wording",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    user_id = fields.Many2one("res.users", string="Recorded by", readonly=True, ondelete="restrict")
    proof = fields.Char(
        readonly=True,
        help="What shows it: a message's number, where it came from, a paper's place.",
    )

    _member_index = models.Index("(member_id, date DESC, id DESC)")
    _purpose_index = models.Index("(purpose_id, date)")

    def init(self):
        # Whose answer it is follows merged memberships.
        freeze_table(self.env.cr, self._table, sorted(self._repointable), sorted(self._erasable))

    # === CRUD METHODS === #

    @api.model
    def _fact_refusal(self):
        return self.env._(
            "What a member has answered stays on record. Record the new answer instead."
        )

    # === BUSINESS METHODS === #

    @api.model
    def _record(self, members, answers, source, proof, objecting):
        """Store answers of many members, and a fact for each that changes something.

        :param members: loyalty.club.member.
        :param answers: list of (club id, purpose id, channel, given, version id).
        :param source: key of ``const.CONSENT_SOURCES``.
        :param proof: text, or None.
        :param objecting: whether a “no” is kept where nothing was answered before.
        :returns: the facts: loyalty.club.consent.change.
        """
        clubs, purposes, channels, given, versions = map(list, zip(*answers, strict=True))
        wanted = SQL(
            """
            SELECT member.id AS member_id, member.club_id, member.company_id,
                   answer.purpose_id, answer.channel, answer.given,
                   %(source)s::varchar AS source, answer.version_id
              FROM loyalty_club_member AS member
              JOIN unnest(%(clubs)s::int[], %(purposes)s::int[], %(channels)s::varchar[],
                          %(given)s::bool[], %(versions)s::int[])
                   AS answer (club_id, purpose_id, channel, given, version_id)
                ON answer.club_id = member.club_id
             WHERE member.id = ANY(%(members)s)
               AND (answer.given OR %(objecting)s OR EXISTS (
                    SELECT FROM loyalty_club_consent AS old
                     WHERE old.member_id = member.id AND old.purpose_id = answer.purpose_id
                       AND old.channel = answer.channel))
             ORDER BY member.id, answer.purpose_id, answer.channel
            """,
            clubs=clubs,
            purposes=purposes,
            channels=channels,
            given=given,
            versions=versions,
            members=list(members.ids),
            source=source,
            objecting=objecting,
        )
        # A “no” of the person is not undone by a list that somebody imports.
        overrides = SQL("FALSE") if source == "import" else SQL("EXCLUDED.given")
        changes = SQL(
            "(kept.given AND NOT EXCLUDED.given) OR (NOT kept.given AND %s)"
            " OR (kept.given AND EXCLUDED.given"
            "     AND kept.version_id IS DISTINCT FROM EXCLUDED.version_id)",
            overrides,
        )
        return self._store(wanted, changes, source, proof)

    @api.model
    def _store(self, wanted, changes, source, proof):
        """Write answers where they change something, and the facts: one statement.

        :param wanted: SELECT of the columns ``_COLUMNS``.
        :param changes: condition on ``kept`` (what stands) and ``EXCLUDED`` (what is new).
        """
        Consent = self.env["loyalty.club.consent"]
        for model in ("loyalty.club.member", "loyalty.club.purpose", self._name, Consent._name):
            self.env[model].flush_model()
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """
                WITH answered AS (
                    INSERT INTO loyalty_club_consent AS kept (%(columns)s, since)
                    SELECT %(columns)s, %(now)s FROM (%(wanted)s) AS wanted
                    ON CONFLICT (member_id, purpose_id, channel) DO UPDATE
                       SET given = EXCLUDED.given, since = EXCLUDED.since,
                           source = EXCLUDED.source, version_id = EXCLUDED.version_id
                     WHERE %(changes)s
                    RETURNING %(columns)s
                )
                INSERT INTO loyalty_club_consent_change (%(columns)s, date, user_id, proof)
                SELECT member_id, club_id, company_id, purpose_id, channel, given,
                       %(source)s, version_id, %(now)s, %(user)s, %(proof)s
                  FROM answered
                 ORDER BY member_id, purpose_id, channel
                RETURNING id
                """,
                columns=_COLUMNS,
                wanted=wanted,
                changes=changes,
                source=source,
                now=now,
                user=self.env.uid,
                proof=proof or None,
            )
        )
        facts = self.browse([row[0] for row in self.env.cr.fetchall()])
        if facts:
            Consent.invalidate_model()
            self.env["loyalty.club.member"].invalidate_model(
                ["consent_ids", "latest_consent_change_ids"]
            )
        return facts
