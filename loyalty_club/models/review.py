from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .act_batch import ActDone

_LONGEST = 4000
# What a member may hand in while nobody has looked at it.
_WAITING = 10


class LoyaltyClubReview(models.Model):
    """What a member handed in to be looked at: an opinion, or the link of what she posted.

    Staff score it; the score becomes points by the rule for its kind of act. What is refused
    brings nothing, and the member reads why.
    """

    _name = "loyalty.club.review"
    _inherit = ["loyalty.club.own.work"]
    _description = "Review by a Member"
    _order = "id desc"
    _own = frozenset({"state", "score", "act_id", "answer", "judge_id", "judged_on", "company_id"})

    member_id = fields.Many2one(
        "loyalty.club.member", required=True, ondelete="restrict", index=True
    )
    partner_id = fields.Many2one(related="member_id.partner_id")
    club_id = fields.Many2one(related="member_id.club_id", store=True, precompute=True)
    company_id = fields.Many2one(related="member_id.company_id", store=True, precompute=True)
    kind_id = fields.Many2one(
        "loyalty.club.act.kind",
        string="Counts as",
        required=True,
        ondelete="restrict",
        domain="[('club_id', '=', club_id), ('proof', 'in', ('review', 'link'))]",
    )
    highest_score = fields.Integer(related="kind_id.highest_score")
    product_tmpl_id = fields.Many2one(
        "product.template", string="About", ondelete="set null", index="btree_not_null"
    )
    text = fields.Text()
    link = fields.Char(help="Where the member posted.")
    state = fields.Selection(
        [("new", "To look at"), ("accepted", "Accepted"), ("refused", "Refused")],
        string="Status",
        required=True,
        readonly=True,
        default="new",
        copy=False,
        index=True,
    )
    score = fields.Integer(readonly=True, copy=False, aggregator="avg")
    reason = fields.Char(string="Why not", help="The member reads it.", copy=False)
    judge_id = fields.Many2one("res.users", string="Looked at by", readonly=True, copy=False)
    judged_on = fields.Datetime(string="Looked at on", readonly=True, copy=False)
    act_id = fields.Many2one("loyalty.club.act", string="Reward", readonly=True, copy=False)
    answer = fields.Char(string="What came of it", readonly=True, copy=False)

    # === COMPUTE METHODS === #

    @api.depends("kind_id.name", "member_id.display_name")
    def _compute_display_name(self):
        for review in self:
            parts = (review.kind_id.name, review.member_id.display_name)
            review.display_name = " · ".join(part for part in parts if part)

    # === CONSTRAINT METHODS === #

    @api.constrains("member_id", "kind_id")
    def _check_kind(self):
        for review in self:
            kind = review.kind_id
            if kind.club_id != review.member_id.club_id or kind.proof not in ("review", "link"):
                raise ValidationError(
                    self.env._(
                        "“%(act)s” is nothing that members of %(club)s hand in.",
                        act=kind.name,
                        club=review.member_id.club_id.name,
                    )
                )

    @api.constrains("text", "link")
    def _check_content(self):
        for review in self:
            if not (review.text or "").strip() and not review.link:
                raise ValidationError(self.env._("A review has a text or a link."))
            if review.link and not review.link.startswith(("https://", "http://")):
                raise ValidationError(self.env._("A link begins with https://."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_editable(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_editable(vals)
        return super().write(vals)

    def _check_editable(self, vals):
        judged = any(review.state != "new" for review in self)
        if not self.env.su and (self._own & vals.keys() or judged):
            raise UserError(self.env._("What was looked at stays as it is."))

    @api.ondelete(at_uninstall=False)
    def _unlink_only_new(self):
        if any(review.state == "accepted" for review in self):
            raise UserError(self.env._("What was rewarded is kept."))

    # === ACTION METHODS === #

    def action_refuse(self):
        """Refuse what was handed in; the reason has been written before.

        :raises AccessError: for anyone but a club marketer or manager.
        :raises UserError: without a reason.
        """
        self._check_judge()
        for review in self.filtered(lambda review: review.state == "new"):
            if not review.reason:
                raise UserError(self.env._("Write why not: the member reads it."))
        # sudo: the verdict is written by its own code alone; the right was just checked
        self.sudo().filtered(lambda review: review.state == "new").write(self._verdict("refused"))

    def action_judge(self):
        """Ask for the score of what was handed in.

        :raises AccessError: for anyone but a club marketer or manager.
        """
        self._check_judge()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Score"),
            "res_model": "loyalty.club.review.judge",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_review_ids": [Command.set(self.ids)]},
        }

    # === BUSINESS METHODS === #

    def _check_judge(self):
        if not (self.env.su or self.env.user.has_group("loyalty_club.group_marketer")):
            raise AccessError(self.env._("Only a club marketer or manager looks at this."))
        self.check_access("write")

    def _verdict(self, state):
        return {"state": state, "judge_id": self.env.uid, "judged_on": fields.Datetime.now()}

    def _accept(self, score):
        """Accept what was handed in, with a score; the rules say what it brings.

        :param score: whole number, from 0 to the highest of its kind.
        :raises AccessError: for anyone but a club marketer or manager.
        :raises UserError: for a score that there is not.
        """
        self._check_judge()
        # sudo: as in action_refuse
        reviews = self.sudo().filtered(lambda review: review.state == "new")
        for review in reviews:
            if not 0 <= score <= review.highest_score:
                raise UserError(
                    self.env._("Score from 0 to %(highest)s.", highest=review.highest_score)
                )
        Act = self.env["loyalty.club.act"]
        for kind, own in reviews.grouped("kind_id").items():
            done = [
                ActDone(
                    review.member_id,
                    f"review-{review.id}",
                    origin=(self._name, review.id),
                    score=Decimal(score),
                )
                for review in own
            ]
            outcomes = reviews.member_id._earn_acts(kind.code, done)
            for review, outcome in zip(own, outcomes, strict=True):
                review.act_id = outcome.act_id
                review.answer = Act._staff_answer(outcome)
        reviews.write(self._verdict("accepted") | {"score": score})

    @api.model
    def _hand_in(self, member, kind, text="", link="", product=None):
        """Keep what ``member`` handed in until somebody looks at it.

        :param member: loyalty.club.member of who is signed in, in sudo.
        :param kind: loyalty.club.act.kind of her club.
        :raises UserError: with a sentence for the member.
        """
        text, link = text.strip(), link.strip()
        waiting = [("member_id", "=", member.id), ("state", "=", "new")]
        # sudo: members have no rights on reviews; this one is her own
        reviews = self.sudo()
        if member.state != "active":
            raise UserError(
                self.env._("Your membership is not active. Ask in the shop what to do.")
            )
        if reviews.search_count(waiting, limit=_WAITING) >= _WAITING:
            raise UserError(
                self.env._("You have handed in a lot. Wait until we have looked at it.")
            )
        if len(text) > _LONGEST or len(link) > _LONGEST:
            raise UserError(self.env._("That is too long. Shorten it."))
        if kind.proof == "link" and reviews.search_count(
            [("member_id", "=", member.id), ("link", "=", link), ("state", "!=", "refused")],
            limit=1,
        ):
            raise UserError(self.env._("You have handed in this link already."))
        return reviews.create(
            {
                "member_id": member.id,
                "kind_id": kind.id,
                "text": text or False,
                "link": link or False,
                "product_tmpl_id": product.id if product else False,
            }
        )
