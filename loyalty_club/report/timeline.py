from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_amount

from ..const import AMOUNT_DIGITS, CHANNELS, CONSENT_CHANNELS

_PLACES = 32  # id of a row = id of what it stands for × _PLACES + number of its kind

KINDS = [
    ("purchase", "Purchase"),
    ("return", "Return"),
    ("value", "Value"),
    ("message", "Message"),
    ("mailing", "Mailing"),
    ("consent", "Consent"),
    ("card", "Card"),
    ("grade", "Grade"),
    ("opportunity", "Opportunity"),
    ("joined", "Joined"),
]

# Each part selects what _COLUMNS names, in one type each: conditions then reach into the parts.
_PURCHASES = SQL("""
    SELECT 1, p.id, p.date, p.partner_id, p.company_id,
           (CASE WHEN p.refund THEN 'return' ELSE 'purchase' END)::varchar, p.channel,
           NULL::varchar, p.amount, p.origin_model, p.origin_id
      FROM loyalty_club_purchase p
""")
_ENTRY = SQL("""
    SELECT 2, e.id, e.date, m.partner_id, e.company_id, 'value'::varchar, NULL::varchar,
           (e.kind || ':' || w.kind_id)::varchar, e.amount, 'loyalty.club.entry'::varchar, e.id
""")
_ENTRIES = SQL(
    "%s FROM loyalty_club_entry e JOIN loyalty_club_member m ON m.id = e.member_id"
    " JOIN loyalty_club_wallet w ON w.id = e.wallet_id",
    _ENTRY,
)
_MESSAGES = SQL("""
    SELECT 3, o.id, COALESCE(o.write_date, o.create_date), o.partner_id, o.company_id,
           'message'::varchar, o.channel, (o.kind || ':' || o.state)::varchar, NULL::numeric,
           'loyalty.club.outbox'::varchar, o.id
      FROM loyalty_club_outbox o WHERE o.partner_id IS NOT NULL
""")
_MAILINGS = SQL("""
    SELECT 4, t.id, COALESCE(t.sent_datetime, t.create_date), t.res_id, NULL::int,
           'mailing'::varchar,
           (CASE t.trace_type WHEN 'sms' THEN 'sms' ELSE 'email' END)::varchar, t.trace_status,
           NULL::numeric, 'mailing.mailing'::varchar, t.mass_mailing_id
      FROM mailing_trace t WHERE t.model = 'res.partner' AND t.is_test_trace IS NOT TRUE
""")
_CONSENTS = SQL("""
    SELECT 5, c.id, c.date, m.partner_id, c.company_id, 'consent'::varchar, c.channel,
           (CASE WHEN c.given THEN 'yes' ELSE 'no' END)::varchar, NULL::numeric,
           'loyalty.club.consent.change'::varchar, c.id
      FROM loyalty_club_consent_change c JOIN loyalty_club_member m ON m.id = c.member_id
""")
_CARDS = SQL("""
    SELECT 6, c.id, c.date, m.partner_id, m.company_id, 'card'::varchar, NULL::varchar, c.kind,
           NULL::numeric, 'loyalty.club.card'::varchar, c.card_id
      FROM loyalty_club_card_event c JOIN loyalty_club_member m ON m.id = c.member_id
""")
_GRADES = SQL("""
    SELECT 7, g.id, g.date, m.partner_id, m.company_id, 'grade'::varchar, NULL::varchar,
           COALESCE(g.grade_id, 0)::varchar, NULL::numeric,
           'loyalty.club.grade.change'::varchar, g.id
      FROM loyalty_club_grade_change g JOIN loyalty_club_member m ON m.id = g.member_id
""")
_LEADS = SQL("""
    SELECT 8, l.id, l.create_date, l.partner_id, l.company_id, 'opportunity'::varchar,
           NULL::varchar, l.type, NULL::numeric, 'crm.lead'::varchar, l.id
      FROM crm_lead l WHERE l.partner_id IS NOT NULL AND l.active
""")
_JOINED = SQL("""
    SELECT 9, m.id, m.join_date::timestamp, m.partner_id, m.company_id, 'joined'::varchar,
           m.channel, NULL::varchar, NULL::numeric, 'loyalty.club.member'::varchar, m.id
      FROM loyalty_club_member m
""")
_COLUMNS = (
    "part", "source_id", "date", "partner_id", "company_id", "kind", "channel", "code", "amount",
    "origin_model", "origin_id",
)  # fmt: skip


class LoyaltyClubTimeline(models.Model):
    """What a person and the club had to do with each other, on every channel, as one list.

    A view over what others keep: purchases of tills, orders and website, movements of value,
    messages and mailings, answers about consent, cards, grades, opportunities. It goes by the
    contact, so that all memberships of a person tell one story.
    """

    _name = "loyalty.club.timeline"
    _description = "Timeline"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "title"

    part = fields.Integer(readonly=True, aggregator=None)
    source_id = fields.Integer(readonly=True, aggregator=None)
    date = fields.Datetime(readonly=True)
    partner_id = fields.Many2one("res.partner", string="Contact", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    kind = fields.Selection(KINDS, string="What", readonly=True)
    channel = fields.Selection(
        lambda self: self._channels(), readonly=True, help="Where, or by which means."
    )
    code = fields.Char(readonly=True)
    amount = fields.Float(
        digits=AMOUNT_DIGITS,
        readonly=True,
        aggregator=None,
        help="Money of a purchase, or units of value that moved.",
    )
    origin_model = fields.Char(readonly=True)
    origin_id = fields.Many2oneReference(
        string="Document", model_field="origin_model", readonly=True
    )
    title = fields.Char(string="In words", compute="_compute_title")

    _depends = {
        "loyalty.club.purchase": ["partner_id", "date", "amount", "refund", "channel"],
        "loyalty.club.entry": ["member_id", "wallet_id", "date", "kind", "amount"],
        "loyalty.club.wallet": ["member_id", "kind_id"],
        "loyalty.club.outbox": ["partner_id", "kind", "state", "channel"],
        "loyalty.club.consent.change": ["member_id", "date", "channel", "given"],
        "loyalty.club.card.event": ["member_id", "date", "kind", "card_id"],
        "loyalty.club.grade.change": ["member_id", "date", "grade_id"],
        "loyalty.club.member": ["partner_id", "join_date", "channel"],
        "mailing.trace": ["model", "res_id", "trace_status", "sent_datetime"],
        "crm.lead": ["partner_id", "type", "active"],
    }

    @property
    def _table_query(self):
        return SQL(
            "SELECT part.source_id::bigint * %s + part.part AS id, %s FROM (%s) AS part(%s)",
            _PLACES,
            SQL(", ").join(SQL.identifier("part", name) for name in _COLUMNS),
            SQL(" UNION ALL ").join(self._parts()),
            SQL(", ").join(SQL.identifier(name) for name in _COLUMNS),
        )

    @api.model
    def _parts(self, limit=None):
        """The SELECTs of which the timeline is made; other addons add theirs.

        :param limit: when only so many of the latest rows of a person are wanted.
        """
        entries = _ENTRIES
        if limit:  # entries have an index by wallet and number
            entries = SQL(
                "%s FROM loyalty_club_member m JOIN loyalty_club_wallet w ON w.member_id = m.id"
                " CROSS JOIN LATERAL (SELECT * FROM loyalty_club_entry"
                " WHERE wallet_id = w.id ORDER BY seq DESC LIMIT %s) e",
                _ENTRY,
                limit,
            )
        return [
            _PURCHASES, entries, _MESSAGES, _MAILINGS, _CONSENTS, _CARDS, _GRADES, _LEADS, _JOINED
        ]  # fmt: skip

    @api.model
    def _channels(self):
        """Where somebody was met, and by which means written to."""
        known = dict([*CHANNELS, *CONSENT_CHANNELS])
        return list(known.items())

    # === COMPUTE METHODS === #

    @api.depends("kind", "code", "amount")
    def _compute_title(self):
        words = self._words()
        grades = {
            str(grade.id): grade.name
            for grade in self.env["loyalty.club.grade"]
            .sudo()  # sudo: the name of a grade in a sentence; the row itself may be read
            .browse(int(row.code) for row in self if row.kind == "grade" and row.code != "0")
        }
        for row in self:
            if row.kind in ("purchase", "return"):
                row.title = format_amount(self.env, row.amount, row.company_id.currency_id)
            elif row.kind == "value":
                what, _colon, kind = row.code.partition(":")
                # sudo: a unit in a sentence; the row itself may be read
                kind = self.env["loyalty.club.wallet.kind"].sudo().browse(int(kind))
                row.title = f"{words['value'].get(what, what)} {kind._format(row.amount)}"
            elif row.kind == "message":
                what, _colon, state = (row.code or "").partition(":")
                texts = (words["message"].get(what, what), words["state"].get(state, state))
                row.title = " · ".join(texts)
            elif row.kind == "grade":
                row.title = grades.get(row.code) or self.env._("No grade")
            else:
                row.title = words.get(row.kind, {}).get(row.code, False)

    @api.model
    def _words(self):
        """What each code says, by kind of row."""

        def labels(model, field):
            return dict(self.env[model]._fields[field]._description_selection(self.env))

        return {
            "value": labels("loyalty.club.entry", "kind"),
            "message": labels("loyalty.club.outbox", "kind"),
            "state": labels("loyalty.club.outbox", "state"),
            "mailing": labels("mailing.trace", "trace_status"),
            "card": labels("loyalty.club.card.event", "kind"),
            "opportunity": labels("crm.lead", "type"),
            "consent": {"yes": self.env._("Agreed"), "no": self.env._("Refused")},
        }

    # === SEARCH METHODS === #

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Look rows up by id where they are kept: a view has no index on a computed id."""
        return super()._search(Domain(domain).map_conditions(_by_source), *args, **kwargs)

    @api.model
    def _latest_of(self, partners, limit, kinds=None):
        """The latest rows of ``partners``: each part gives so many at most, by its own index.

        :param partners: res.partner.
        :param limit: how many rows.
        :param kinds: keys of ``KINDS``; None: all.
        """
        wanted = SQL("part.partner_id = ANY(%s)", partners.ids)
        if kinds:
            wanted = SQL("%s AND part.kind = ANY(%s)", wanted, list(kinds))
        self.env.flush_all()
        latest = [
            SQL(
                "(SELECT part.source_id::bigint * %s + part.part AS id, part.date"
                " FROM (%s) AS part(%s) WHERE %s ORDER BY part.date DESC LIMIT %s)",
                _PLACES,
                part,
                SQL(", ").join(SQL.identifier(name) for name in _COLUMNS),
                wanted,
                limit,
            )
            for part in self._parts(limit)
        ]
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM (%s) AS latest(id, date) ORDER BY date DESC, id DESC LIMIT %s",
                SQL(" UNION ALL ").join(latest),
                limit,
            )
        )
        return self.browse(row[0] for row in rows)._filtered_access("read")

    # === ACTION METHODS === #

    def action_open_origin(self):
        """Open the document behind the row.

        :raises UserError: when it has none, or it is gone.
        """
        self.ensure_one()
        self.check_access("read")
        record = self.origin_id and self.origin_model in self.env
        record = record and self.env[self.origin_model].browse(self.origin_id).exists()
        if not record:
            raise UserError(self.env._("There is no document behind this."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.origin_model,
            "res_id": self.origin_id,
            "views": [(False, "form")],
        }


class MailingTrace(models.Model):
    """Found by the person they were sent to."""

    _inherit = "mailing.trace"

    _club_person_index = models.Index("(res_id) WHERE model = 'res.partner'")


def _by_source(condition):
    """Ask for ids by the kind of row and the record that each stands for."""
    if condition.field_expr != "id" or condition.operator not in ("in", "="):
        return condition
    value = condition.value
    by_part = {}
    for row in [value] if isinstance(value, int) else value:
        source, part = divmod(int(row), _PLACES)
        by_part.setdefault(part, []).append(source)
    return Domain.OR(
        Domain("part", "=", part) & Domain("source_id", "in", sources)
        for part, sources in by_part.items()
    )
