from urllib.parse import urlencode

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class LoyaltyClubWalletStatement(models.TransientModel):
    """Asks for which wallet and period a statement is wanted, and fetches it.

    The statement itself is made when its address is asked for; nothing is kept.
    """

    _name = "loyalty.club.wallet.statement"
    _description = "Statement of Account"

    member_id = fields.Many2one("loyalty.club.member", ondelete="cascade")
    wallet_id = fields.Many2one(
        "loyalty.club.wallet",
        ondelete="cascade",
        domain="[('member_id', '=', member_id)]",
        help="Empty: all wallets of the member.",
    )
    date_from = fields.Date(
        string="From",
        default=lambda self: fields.Date.context_today(self) - relativedelta(months=3),
        help="Empty: from the first entry.",
    )
    date_to = fields.Date(string="To", required=True, default=fields.Date.context_today)
    file_format = fields.Selection(
        [("pdf", "Document (PDF)"), ("xlsx", "Spreadsheet (xlsx)")],
        string="As",
        required=True,
        default="pdf",
    )
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        required=True,
        compute="_compute_lang",
        store=True,
        precompute=True,
        readonly=False,
    )
    lang_count = fields.Integer(compute="_compute_lang_count")

    # === COMPUTE METHODS === #

    @api.depends("member_id", "wallet_id")
    def _compute_lang(self):
        """The member reads it: in the language of the contact."""
        for wizard in self:
            member = wizard.member_id or wizard.wallet_id.member_id
            wizard.lang = member.partner_id.lang or self.env.user.lang

    def _compute_lang_count(self):
        self.lang_count = len(self.env["res.lang"].get_installed())

    @api.model
    def default_get(self, fields_list):
        """The member goes with the wallet."""
        values = super().default_get(fields_list)
        if values.get("wallet_id") and not values.get("member_id"):
            wallet = self.env["loyalty.club.wallet"].browse(values["wallet_id"])
            values["member_id"] = wallet.member_id.id
        return values

    # === ACTION METHODS === #

    def action_download(self):
        """Fetch the statement.

        :raises UserError: when neither a member nor a wallet is chosen, or the period ends
            before it begins.
        """
        self.ensure_one()
        if not self.wallet_id and not self.member_id:
            raise UserError(self.env._("Choose a member, or a wallet."))
        if self.date_from and self.date_from > self.date_to:
            raise UserError(self.env._("The period ends before it begins."))
        chosen = self.wallet_id or self.member_id
        path = f"{'wallet' if self.wallet_id else 'member'}/{chosen.id}"
        wanted = {
            "date_from": self.date_from or "",
            "date_to": self.date_to,
            "file_format": self.file_format,
            "lang": self.lang,
        }
        return {
            "type": "ir.actions.act_url",
            "url": f"/loyalty_club/statement/{path}?{urlencode(wanted)}",
            "target": "download",
        }
