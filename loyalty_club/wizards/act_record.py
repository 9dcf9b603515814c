from decimal import Decimal
from uuid import uuid4

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.act_batch import ActDone
from ..models.act_kind import OWN_GIFTS


class LoyaltyClubActRecord(models.TransientModel):
    """Records by hand what members did: packaging brought back, a friend brought along, a post
    that somebody has seen."""

    _name = "loyalty.club.act.record"
    _description = "Record an Act"

    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    member_ids = fields.Many2many(
        "loyalty.club.member",
        "loyalty_club_act_record_member_rel",
        string="Members",
        required=True,
        domain="[('club_id', '=', club_id), ('state', '=', 'active')]",
    )
    kind_id = fields.Many2one(
        "loyalty.club.act.kind",
        string="Act",
        required=True,
        ondelete="cascade",
        domain="[('club_id', '=', club_id), ('code', 'not in', ('signup', 'profile'))]",
    )
    scored = fields.Boolean(compute="_compute_scored")
    score = fields.Float(digits=(16, 2))
    note = fields.Char(string="Remark")
    key = fields.Char(readonly=True, required=True, default=lambda self: uuid4().hex)
    result = fields.Text(readonly=True)

    # === COMPUTE METHODS === #

    @api.model
    def default_get(self, names):
        """The members chosen in the list, and their club."""
        values = super().default_get(names)
        if self.env.context.get("active_model") == "loyalty.club.member":
            members = self.env["loyalty.club.member"].browse(self.env.context.get("active_ids"))
            values["member_ids"] = [Command.set(members.ids)]
            values["club_id"] = members[:1].club_id.id
        return values

    @api.depends("kind_id")
    def _compute_scored(self):
        for wizard in self:
            rules = wizard.kind_id.rule_ids
            wizard.scored = any(rule.per_score or rule.minimum_score for rule in rules)

    # === ACTION METHODS === #

    def action_record(self):
        """Record it and say what it brought; a second click records nothing more.

        :raises AccessError: for anyone but a club marketer or manager.
        :raises UserError: for members of another club, or without a score that is asked for.
        """
        self.ensure_one()
        if not self.env.user.has_group("loyalty_club.group_marketer"):
            raise AccessError(self.env._("Acts are recorded by a club marketer or manager."))
        self.member_ids.check_access("read")
        if self.member_ids.club_id != self.club_id or self.kind_id.club_id != self.club_id:
            raise UserError(
                self.env._("Choose members and an act of %(club)s.", club=self.club_id.name)
            )
        if self.kind_id.code in OWN_GIFTS:
            raise UserError(
                self.env._("What “%(act)s” brings is given by the club.", act=self.kind_id.name)
            )
        highest = self.kind_id._highest_score()
        if self.scored and not 0 <= self.score <= highest:
            raise UserError(self.env._("Score from 0 to %(highest)s.", highest=highest))
        outcomes = self.env["loyalty.club.member"]._earn_acts(
            self.kind_id.code,
            [
                ActDone(
                    member,
                    f"staff-{self.key}:{member.id}",
                    score=Decimal(str(self.score)) if self.scored else None,
                    note=self.note or None,
                )
                for member in self.member_ids
            ],
        )
        self.result = self._told(outcomes)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Recorded"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _told(self, outcomes):
        """A line for each member, or for a crowd the numbers."""
        acts = self.env["loyalty.club.act"].sudo()  # sudo: a sentence about what was just done
        if len(outcomes) > 20:
            given = sum(outcome.status == "given" for outcome in outcomes)
            return self.env._(
                "%(given)s of %(members)s members got something. The list of acts says why the "
                "others did not.",
                given=given,
                members=len(outcomes),
            )
        return "\n".join(
            f"{member.display_name}: {acts._staff_answer(outcome)}"
            for member, outcome in zip(self.member_ids, outcomes, strict=True)
        )
