from odoo import api, fields, models
from odoo.tools import SQL, format_date, formatLang

from ..const import AMOUNT_DIGITS
from .append_only import freeze_table


class LoyaltyClubAct(models.Model):
    """That a member did something other than buying, and what it brought her.

    Acts that brought something are numbered for each member: two requests at once for one member
    meet at the number, so that no limit is passed by hurrying. What was refused is kept as well,
    once a day for each reason, and may be tried again.
    """

    _name = "loyalty.club.act"
    _inherit = ["loyalty.club.fact"]
    _description = "Act of a Member"
    _order = "date desc, id desc"
    _log_access = False
    _rec_name = "kind_id"
    _repointable = frozenset({"member_id", "seq"})
    _erasable = frozenset({"note"})

    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(related="member_id.partner_id")
    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    kind_id = fields.Many2one(
        "loyalty.club.act.kind", string="Act", required=True, readonly=True, ondelete="restrict"
    )
    rule_id = fields.Many2one(
        "loyalty.club.act.rule",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    seq = fields.Integer(string="No.", readonly=True, aggregator=False)
    date = fields.Datetime(required=True, readonly=True)
    day = fields.Date(required=True, readonly=True, help="By the calendar on the shop's wall.")
    score = fields.Float(digits=(16, 2), readonly=True, aggregator="avg")
    wallet_kind_id = fields.Many2one(
        "loyalty.club.wallet.kind", string="Given as", readonly=True, ondelete="restrict"
    )
    amount = fields.Float(string="Given", digits=AMOUNT_DIGITS, required=True, readonly=True)
    cut = fields.Float(
        string="Left out",
        digits=AMOUNT_DIGITS,
        readonly=True,
        help="What the club's limit a year took off.",
    )
    refused = fields.Selection(
        selection="_refused_selection",
        string="Why nothing was given",
        readonly=True,
        help="Empty: something was given.",
    )
    entry_id = fields.Many2one(
        "loyalty.club.entry",
        string="Ledger entry",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    origin_model = fields.Char(readonly=True)
    origin_id = fields.Many2oneReference(
        string="Document", model_field="origin_model", readonly=True
    )
    user_id = fields.Many2one("res.users", string="By", readonly=True, ondelete="restrict")
    note = fields.Char(readonly=True)
    key = fields.Char(
        required=True,
        readonly=True,
        groups="loyalty_club.group_manager,loyalty_club.group_auditor",
        help="The same act is rewarded once.",
    )
    explanation = fields.Char(string="In words", compute="_compute_explanation")

    _key_unique = models.UniqueIndex("(key) WHERE refused IS NULL", "This was rewarded before.")
    _refusal_unique = models.UniqueIndex(
        "(key, day, refused) WHERE refused IS NOT NULL", "This refusal is kept once a day."
    )
    _seq_unique = models.UniqueIndex(
        "(member_id, seq) WHERE seq IS NOT NULL", "Acts of a member are numbered."
    )
    _member_index = models.Index("(member_id, kind_id, day)")
    _kind_index = models.Index("(kind_id, day)")
    _origin_index = models.Index("(origin_model, origin_id) WHERE origin_id IS NOT NULL")
    _given_sound = models.Constraint(
        "CHECK ((refused IS NULL) = (amount > 0) AND (refused IS NULL) = (seq IS NOT NULL))",
        "What was given has an amount and a number; what was refused has neither.",
    )

    def init(self):
        # Whose act it was follows merged memberships, numbered anew; a rule that is deleted was
        # one that gave something all the same.
        free = sorted(self._repointable | {"rule_id"})
        freeze_table(self.env.cr, self._table, free, sorted(self._erasable))

    @api.model
    def _refused_selection(self):
        return [
            ("rule", "No rule gives something for it"),
            ("inactive", "Not an active member"),
            ("score", "Score too low"),
            ("nothing", "Score brings less than a step"),
            ("day", "Limit of the day"),
            ("week", "Limit of the week"),
            ("month", "Limit of the month"),
            ("year", "Limit of the year"),
            ("total", "Given as often as it ever is"),
            ("pause", "Too soon after the last"),
            ("room", "The club's limit for acts"),
            ("ledger", "Refused by the ledger"),
        ]

    # === COMPUTE METHODS === #

    @api.depends("kind_id.name", "rule_id", "amount", "score", "cut", "refused")
    @api.depends_context("lang")
    def _compute_explanation(self):
        reasons = dict(self._fields["refused"]._description_selection(self.env))
        for act in self:
            if act.refused:
                act.explanation = f"{act.kind_id.name}: {reasons[act.refused]}"
            else:
                act.explanation = act._given_text()

    def _given_text(self):
        """What was given and why, with the numbers: “Review: 8 points, 2 points × score 4”."""
        self.ensure_one()
        kind, rule = self.wallet_kind_id, self.rule_id
        text = f"{self.kind_id.name}: {kind._format(self.amount)}"
        if self.score:
            score = formatLang(self.env, self.score, digits=2 if self.score % 1 else 0)
            text += ", " + self.env._("score %(score)s", score=score)
        if rule.per_score:
            text += ", " + rule._given_text()
        if self.cut:
            text += ", " + self.env._(
                "%(amount)s left out by the club's limit a year", amount=kind._format(self.cut)
            )
        return text

    @api.model
    def _fact_refusal(self):
        return self.env._("What a member did stays on record. Adjust the balance if it was wrong.")

    # === ACTION METHODS === #

    def action_open_origin(self):
        """Open the document behind the act.

        :raises UserError: when there is none, or it is gone.
        """
        return self._open_origin(self.env._("No document stands behind this act."))

    # === BUSINESS METHODS === #

    @api.model
    def _answer(self, outcome):
        """What a member is told: a sentence for an :class:`..act_batch.ActOutcome`."""
        if outcome.status == "given":
            act = self.browse(outcome.act_id)
            amount = act.wallet_kind_id._format(outcome.amount)
            return self.env._("Thank you! You get %(amount)s.", amount=amount)
        if outcome.status == "repeated":
            return self.env._("You have had this already.")
        if outcome.again:
            return self.env._(
                "Nothing more for this now. It counts again from %(day)s on.",
                day=format_date(self.env, outcome.again),
            )
        texts = {
            "inactive": self.env._("Your membership is not active. Ask in the shop what to do."),
            "total": self.env._("You have had this as often as it is given."),
            "score": self.env._("Thank you! For a reward the score was too low."),
            "nothing": self.env._("Thank you! For a reward the score was too low."),
        }
        return texts.get(outcome.refused) or self.env._("Thank you! Nothing is given for it now.")

    @api.model
    def _staff_answer(self, outcome):
        """What staff are told of an :class:`..act_batch.ActOutcome`, in a few words."""
        if outcome.act_id:
            return self.browse(outcome.act_id).explanation
        if outcome.refused == "unknown":
            return self.env._("This kind of act is archived")
        if outcome.refused:
            return dict(self._fields["refused"]._description_selection(self.env))[outcome.refused]
        return self.env._("It was rewarded before")


class LoyaltyClubEntry(models.Model):
    """A movement that an act brought says so."""

    _inherit = "loyalty.club.entry"

    act_ids = fields.One2many("loyalty.club.act", "entry_id", readonly=True)

    @api.depends("act_ids.explanation")
    def _compute_explanation(self):
        result = super()._compute_explanation()
        # sudo: what a movement was for, for whoever may see the movement
        acts = self.env["loyalty.club.act"].sudo().search([("entry_id", "in", self.ids)])
        of_entry = acts.grouped("entry_id")
        for entry in self:
            act = of_entry.get(entry.sudo())
            if act:
                entry.explanation = act[0].explanation
        return result


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    act_ids = fields.One2many("loyalty.club.act", "member_id", string="Acts", readonly=True)

    def _is_own_field(self, name):
        return name == "act_ids" or super()._is_own_field(name)

    def action_view_acts(self):
        """Open what the member did besides buying."""
        return self._action_of("loyalty_club.act_action")

    def _move_journal(self, survivor):
        """Acts follow a merged membership, numbered after the survivor's own."""
        result = super()._move_journal(survivor)
        self.env["loyalty.club.act"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE loyalty_club_act SET member_id = %(survivor)s, seq = seq + (
                       SELECT COALESCE(MAX(seq), 0) FROM loyalty_club_act
                        WHERE member_id = %(survivor)s)
                 WHERE member_id = %(merged)s
                """,
                survivor=survivor.id,
                merged=self.id,
            )
        )
        self.env["loyalty.club.act"].invalidate_model(["member_id", "seq"])
        for model in ("loyalty.club.review", "loyalty.club.assessment"):
            own = self.env[model].search([("member_id", "=", self.id)])
            own.write({"member_id": survivor.id})
        return result
