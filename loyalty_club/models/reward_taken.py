"""Rewards that members take on their own pages, and collect later: in a shop or with an order."""

from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..clock import day_at, today_in, zone_of
from ..const import AMOUNT_DIGITS
from ..domain.reward_code import reward_code, shown_reward_code
from .hold_capture import HoldCapture
from .wallet_holds import HoldDesk

TAKEN_STATES = [
    ("open", "To collect"),
    ("collected", "Collected"),
    ("returned", "Given back"),
    ("cancelled", "Cancelled"),
    ("expired", "Run out, points given back"),
    ("forfeited", "Run out, points lost"),
]
_SPARE = timedelta(days=7)  # a hold outlives its reward: the job that ends both may be late


class LoyaltyClubRewardTaken(models.Model):
    """One reward that a member took for her points, and the code by which she collects it.

    Its points are held from that moment on, at the price of that moment, and so is its unit
    where there are only so many. It ends exactly once: the sale with which it is collected takes
    the points in its own transaction; cancelled or run out, it gives them back by letting the
    hold go, so that no lot was ever touched.
    """

    _name = "loyalty.club.reward.taken"
    _inherit = ["loyalty.club.own.work"]
    _description = "Reward Taken"
    _order = "id desc"
    _rec_name = "code"
    _log_access = False

    code = fields.Char(required=True, readonly=True, help="She shows it to collect the reward.")
    key = fields.Char(required=True, readonly=True, help="Names the request: it counts once.")
    reward_id = fields.Many2one(
        "loyalty.reward", required=True, readonly=True, ondelete="restrict", index=True
    )
    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="restrict", index=True
    )
    club_id = fields.Many2one("loyalty.club", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    wallet_id = fields.Many2one(
        "loyalty.club.wallet", required=True, readonly=True, ondelete="restrict"
    )
    hold_id = fields.Many2one("loyalty.club.hold", readonly=True, ondelete="restrict")
    points = fields.Float(
        digits=AMOUNT_DIGITS, required=True, readonly=True, help="Its price when it was taken."
    )
    date = fields.Datetime(string="Taken on", required=True, readonly=True)
    until = fields.Date(
        string="Collect until", required=True, readonly=True, help="The last day to collect it."
    )
    state = fields.Selection(
        TAKEN_STATES, string="Status", required=True, readonly=True, default="open"
    )
    closed_on = fields.Datetime(string="Ended on", readonly=True)
    branch_id = fields.Many2one(
        "loyalty.club.branch", string="Collected at", readonly=True, ondelete="restrict"
    )
    origin_model = fields.Char(string="Document type", readonly=True)
    origin_id = fields.Many2oneReference(
        string="Document", model_field="origin_model", readonly=True
    )

    _code_unique = models.Constraint("UNIQUE (code)", "This code was given before.")
    _key_unique = models.Constraint("UNIQUE (key)", "This reward was taken already.")
    _open_index = models.Index("(until) WHERE state = 'open'")
    _origin_index = models.Index("(origin_model, origin_id) WHERE origin_id IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends("reward_id", "code")
    def _compute_display_name(self):
        for taken in self:
            # sudo: what a reward is called is no secret
            name = taken.reward_id.sudo().description
            taken.display_name = f"{name} ({shown_reward_code(taken.code or '')})"

    # === ACTION METHODS === #

    def action_cancel(self):
        """Give the points back on the word of whoever runs the club.

        :raises AccessError: for anyone but a club manager.
        :raises UserError: when one is over already.
        """
        self.check_access("read")
        self.club_id.check_access("write")
        self.sudo()._cancel()  # sudo: the right was checked

    def action_open_origin(self):
        """Open the document with which the reward was collected.

        :raises UserError: when there is none, or it is gone.
        """
        self.ensure_one()
        known = self.origin_id and self.origin_model in self.env
        if not known or not self.env[self.origin_model].browse(self.origin_id).exists():
            raise UserError(self.env._("It was not collected with a document that is still here."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.origin_model,
            "res_id": self.origin_id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS - TAKING === #

    @api.model
    def _take(self, member, reward, key):
        """Take a reward for a member; the same request again is the same reward.

        :param member: loyalty.club.member, in sudo: whoever comes here may speak for her.
        :param reward: loyalty.reward of her club, in sudo.
        :param key: names the request.
        :returns: the record.
        :raises UserError: when it cannot be taken, or points are too few.
        """
        request = f"{member.id}:{key}"
        wallet = member.club_id.points_kind_id._wallets_of(member)[member.id]
        self._wait_for(wallet)
        known = self.search([("key", "=", request)])
        if known:
            return known
        reward._club_check_taking(member)
        moment = fields.Datetime.now()
        today = day_at(moment, zone_of(member.company_id))
        taken = self.create(
            {
                "code": reward_code(),
                "key": request,
                "reward_id": reward.id,
                "member_id": member.id,
                "club_id": member.club_id.id,
                "company_id": member.company_id.id,
                "wallet_id": wallet.id,
                "points": float(member._reward_price(reward)),
                "date": moment,
                "until": today + timedelta(days=member.club_id.taken_days),
            }
        )
        taken._reserve()
        return taken

    @api.model
    def _wait_for(self, wallet):
        """Whatever takes rewards with these points does so one after another: a request that came
        twice finds what the first one did, and counts what it took."""
        wallet.flush_recordset()
        self.env.cr.execute(
            SQL("SELECT FROM loyalty_club_wallet WHERE id = %s FOR NO KEY UPDATE", wallet.id),
            log_exceptions=False,
        )

    def _reserve(self):
        """Hold the points, and a unit where there are only so many."""
        self.ensure_one()
        outcome = self._authorize(f"reward:{self.key}")
        if not outcome.ok:
            raise UserError(self.env["loyalty.club.hold"]._refusal_text(self.wallet_id, outcome))
        if self.reward_id.id in self.reward_id._club_counted():
            claims, none = self.env["loyalty.club.reward.claim"], self.env["loyalty.club.branch"]
            origin = (self._name, self.id)
            claims._take(origin, self.member_id, none, self.date, {self.reward_id.id: 1})

    def _authorize(self, key):
        """Hold the points in the reward's wallet.

        :returns: ``HoldOutcome``.
        """
        lasts = self.until - today_in(self.company_id) + _SPARE
        outcome = self.env["loyalty.club.hold"]._authorize(
            self.wallet_id.id,
            Decimal(str(self.points)),
            key,
            minutes=lasts.days * 24 * 60,
            origin=(self._name, self.id),
            note=self.reward_id.description,
        )
        if outcome.ok:
            self.hold_id = outcome.hold_id
        return outcome

    # === BUSINESS METHODS - ENDING === #

    def _cancel(self):
        """Give the points of these back; what is cancelled already stays so.

        :raises UserError: when one was collected, or has run out.
        """
        self._finish("cancelled")
        over = self.filtered(lambda taken: taken.state != "cancelled")
        if over:
            raise UserError(over[0]._over_text())

    def _finish(self, state):
        """Let those of these end that are open: their points and their units are free again.

        :returns: the ones that were open.
        """
        ended = self._mark(state)
        ended._release()
        ended._free_units()
        return ended

    def _release(self):
        """Let the points of these go: a fixed number of statements."""
        held = HoldCapture(self.env, self.hold_id.mapped("key")).lock().values()
        held = [hold for hold in held if hold.state == "open"]
        if held:
            desk = HoldDesk(self.env)
            desk.give_up((hold.wallet_id, hold.amount) for hold in held)
            desk._end([hold.id for hold in held], "released")

    def _let_go(self):
        """Nothing is held for these while their memberships are merged."""
        self._release()
        self.hold_id = False

    def _hold_again(self, member):
        """The points of these are held in the wallet of ``member`` from now on.

        What cannot be held there is cancelled.
        """
        wallet = member.club_id.points_kind_id._wallets_of(member)[member.id]
        self.write({"member_id": member.id, "wallet_id": wallet.id})
        lost = self.browse()
        for taken in self:  # a handful: what one person has taken and not collected
            if not taken._authorize(f"reward:{taken.key}:{member.id}:{fields.Datetime.now()}").ok:
                lost |= taken
        lost._finish("cancelled")

    def _mark(self, state, before="open", **values):
        """Change the state of those of these that are in ``before``, under their row locks.

        :param values: further columns.
        :returns: the ones that were changed.
        """
        self.flush_model()
        values = {"state": state, "closed_on": fields.Datetime.now(), **values}
        rows = self.env.execute_query(
            SQL(
                "UPDATE loyalty_club_reward_taken SET %s WHERE id = ANY(%s) AND state = %s"
                " RETURNING id",
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items()
                ),
                self.ids,
                before,
            )
        )
        changed = self.browse(sorted(row[0] for row in rows))
        changed.invalidate_recordset()
        return changed

    def _free_units(self):
        """Units of limited rewards that these had are there again."""
        claims = self.env["loyalty.club.reward.claim"].search(
            [
                ("origin_model", "=", self._name),
                ("origin_id", "in", self.ids),
                ("returned_on", "=", False),
            ]
        )
        if claims:
            claims._give_back()

    def _collecting(self, origin, **common):
        """Begin to collect these with a document.

        :param origin: model and id of the document.
        :param common: ``branch_id``, ``note`` and ``basket`` of the movements.
        :returns: :class:`HoldCapture`, and the movements to be posted with the document; then
            its ``end`` is called with the entries.
        :raises UserError: when one is not to be had any more.
        """
        values = {"origin_model": origin[0], "origin_id": origin[1]}
        mine = self._mark("collected", branch_id=common.get("branch_id"), **values)
        if self - mine:
            raise UserError((self - mine)[0]._over_text())
        capture = HoldCapture(self.env, mine.hold_id.mapped("key"))
        holds = capture.lock().values()
        for taken in mine:
            if not any(hold.id == taken.hold_id.id and hold.state == "open" for hold in holds):
                raise UserError(taken._over_text())
        return capture, capture.movements(holds, kind="spend", origin=origin, **common)

    def _come_back(self):
        """The goods of these came back: their units are there again. The points go back with the
        document that took them."""
        self._mark("returned", before="collected")._free_units()

    def _over_text(self):
        """A sentence for whoever wants it and cannot have it any more."""
        self.ensure_one()
        name = self.reward_id.description
        texts = {
            "collected": self.env._("The reward “%(reward)s” was collected already.", reward=name),
            "returned": self.env._(
                "The reward “%(reward)s” was collected and given back.", reward=name
            ),
            "cancelled": self.env._(
                "The reward “%(reward)s” was cancelled; its points were given back.", reward=name
            ),
        }
        return texts.get(self.state) or self.env._(
            "The time to collect the reward “%(reward)s” is over.", reward=name
        )
