from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..clock import end_of, today_in
from .ledger_books import LedgerBooks

# What a person may set, while it is a preview. All else is the posting's own work.
_OPEN_FIELDS = {"club_id", "date"}  # what a person chooses; the rest is worked out


class LoyaltyClubLedgerPosting(models.Model):
    """What the general ledger books for a club, up to and including one day.

    A preview until it is posted; then one journal entry stands behind it. Everything is
    cumulative: a posting books what all entries up to its day come to, less what earlier
    postings booked that still stand. So a repeat books nothing, an entry that came late is
    in the next one, and a reversed posting is made good by the next one.
    """

    _name = "loyalty.club.ledger.posting"
    _inherit = ["loyalty.club.own.work"]
    _description = "General Ledger Posting"
    _order = "date desc, id desc"
    _open = frozenset(_OPEN_FIELDS)

    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    company_id = fields.Many2one(related="club_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        string="Up to and including",
        required=True,
        default=lambda self: today_in(self.env.company) - timedelta(days=1),
        help="Date of the journal entry. What moved after this day is left to the next posting.",
    )
    until = fields.Datetime(readonly=True, help="The moment at which the day is over.")
    number = fields.Integer(
        readonly=True, copy=False, aggregator=False, help="Counts the club's postings."
    )
    move_id = fields.Many2one(
        "account.move", string="Journal entry", readonly=True, copy=False, ondelete="restrict"
    )
    state = fields.Selection(
        [("draft", "Preview"), ("posted", "Posted"), ("reversed", "Reversed")],
        string="Status",
        compute="_compute_state",
        store=True,
        readonly=True,
    )
    line_ids = fields.One2many("loyalty.club.ledger.posting.line", "posting_id", readonly=True)
    item_ids = fields.One2many(
        "loyalty.club.ledger.posting.line",
        "posting_id",
        string="Items",
        domain=[("balance", "!=", 0)],
        readonly=True,
    )
    closing_ids = fields.One2many(
        "loyalty.club.ledger.posting.line",
        "posting_id",
        string="Reconciliation",
        domain=[("closing", "=", True)],
        readonly=True,
    )
    liability = fields.Monetary(
        compute="_compute_liability", store=True, help="What the club owes after this posting."
    )
    latest = fields.Boolean(compute="_compute_latest", help="The last one that stands.")

    _number_unique = models.Constraint(
        "UNIQUE (club_id, number)",
        "The club was posted by somebody else at this moment. Look at that posting first.",
    )
    _move_unique = models.Constraint(
        "UNIQUE (move_id)", "A journal entry stands behind one posting."
    )

    # === COMPUTE METHODS === #

    @api.depends("move_id.state", "move_id.reversal_move_ids.state")
    def _compute_state(self):
        for posting in self:
            move = posting.move_id
            reversed_ = move.state != "posted" or "posted" in move.reversal_move_ids.mapped("state")
            posting.state = "draft" if not move else "reversed" if reversed_ else "posted"

    @api.depends("line_ids.closing_amount")
    def _compute_liability(self):
        for posting in self:
            posting.liability = sum(posting.line_ids.mapped("closing_amount"))

    @api.depends("state", "date", "club_id")
    def _compute_latest(self):
        last = {club: self._last(club) for club in self.club_id}
        for posting in self:
            posting.latest = bool(posting.club_id) and posting == last[posting.club_id]

    @api.depends("club_id.name", "date")
    def _compute_display_name(self):
        for posting in self:
            posting.display_name = self.env._(
                "%(club)s up to %(date)s",
                club=posting.club_id.name or "",
                date=format_date(self.env, posting.date),
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_own_work(vals)
        postings = super().create(vals_list)
        for posting in postings:
            posting._work_out()
        return postings

    def write(self, vals):
        self._refuse_own_work(vals)
        if _OPEN_FIELDS & vals.keys():
            self._check_preview()
        result = super().write(vals)
        if _OPEN_FIELDS & vals.keys():
            for posting in self:
                posting._work_out()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_previews(self):
        self._check_preview()

    def _refuse_own_work(self, vals):
        """Only our own code, which runs as superuser, writes what a posting works out."""
        if vals.keys() - _OPEN_FIELDS and not self.env.su:
            raise AccessError(
                self.env._("Choose the club and the day; the posting works out the rest.")
            )

    def _check_preview(self):
        if any(posting.state != "draft" for posting in self):
            raise UserError(
                self.env._(
                    "This is posted. Reverse its journal entry, then make a new posting: it "
                    "books what is due."
                )
            )

    # === ACTION METHODS === #

    def action_refresh(self):
        """Work the preview out anew, with what came in since.

        :raises UserError: when it is posted, nothing is due, or an account is missing.
        """
        self.check_access("write")
        self._check_preview()
        for posting in self:
            posting._work_out()
        return True

    def action_post(self):
        """Make the journal entry and post it; worked out anew, so nothing is booked twice.

        :raises AccessError: for anyone but a manager of the club or an accountant.
        :raises UserError: when it is posted, nothing is due, an account or the journal is
            missing, or the period is closed.
        """
        self.ensure_one()
        self.check_access("write")
        self._check_preview()
        self._work_out()
        # sudo: whoever may write postings posts the club's own entry, and no other
        own = self.sudo().with_company(self.company_id)
        move = own.env["account.move"].create(own._move_values())
        own.write({"move_id": move.id, "number": own._next_number()})
        move._post(soft=False)
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _post_up_to(self, club, day):
        """Post what is due for ``club`` up to and including ``day``. Repeatable.

        :returns: the posting; none when nothing is due.
        :raises UserError: see :meth:`action_post`.
        """
        if not LedgerBooks(club).lines(day):
            return self.browse()
        posting = self.create({"club_id": club.id, "date": day})
        posting.action_post()
        return posting

    @api.model
    def _last(self, club):
        """The last posting of ``club`` that stands."""
        return self.search(
            [("club_id", "=", club.id), ("state", "=", "posted")],
            order="date desc, number desc",
            limit=1,
        )

    def _work_out(self):
        """Write the lines of a preview anew."""
        self.ensure_one()
        self._check_day()
        books = LedgerBooks(self.club_id)
        lines = books.lines(self.date)
        if not lines:
            raise UserError(
                self.env._(
                    "Nothing is due: the books have everything that moved up to %(date)s.",
                    date=format_date(self.env, self.date),
                )
            )
        # sudo: lines are written by the posting alone
        self.sudo().write(
            {
                "until": end_of(self.company_id, self.date),
                "line_ids": [Command.clear(), *map(Command.create, lines)],
            }
        )

    def _check_day(self):
        """Postings follow one another, into open periods, and never into the future.

        :raises UserError: saying which day would do.
        """
        company = self.company_id
        last = self._last(self.club_id)
        if self.date > today_in(company):
            raise UserError(
                self.env._("That day has not come yet. Choose today or an earlier one.")
            )
        if last and self.date < last.date:
            raise UserError(
                self.env._(
                    "The club is posted up to %(date)s. What came later, or was entered late, is "
                    "posted with that day or a later one.",
                    date=format_date(self.env, last.date),
                )
            )
        locks = company._get_violated_lock_dates(
            self.date, has_tax=False, journal=self.club_id.sudo().ledger_journal_id
        )
        if locks:
            raise UserError(
                self.env._(
                    "The books are closed on %(date)s: %(locks)s. Choose a later day; it takes "
                    "in everything that is not posted yet.",
                    date=format_date(self.env, self.date),
                    locks=company._format_lock_dates(locks),
                )
            )

    def _move_values(self):
        """Values of the journal entry (account.move)."""
        journal = self.club_id.ledger_journal_id
        if not journal:
            raise UserError(
                self.env._(
                    "Choose the journal of “%(club)s” first: open the club, “Accounting”, "
                    "“Journal”.",
                    club=self.club_id.name,
                )
            )
        return {
            "move_type": "entry",
            "date": self.date,
            "journal_id": journal.id,
            "company_id": self.company_id.id,
            "ref": self.display_name,
            "line_ids": [
                Command.create(
                    {
                        "name": line.display_name,
                        "account_id": line.account_id.id,
                        "balance": line.balance,
                        "currency_id": self.currency_id.id,
                        "amount_currency": line.balance,
                    }
                )
                for line in self.line_ids
                if line.balance
            ],
        }

    def _next_number(self):
        # Two at the same moment take the same number, and the second is refused.
        last = self.search(
            [("club_id", "=", self.club_id.id), ("number", ">", 0)], order="number desc", limit=1
        )
        return last.number + 1
