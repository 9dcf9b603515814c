"""What each till prints about the club on its receipts."""

from odoo import fields, models

CHECKS = [("none", "Nothing"), ("code", "Code"), ("qr", "Code and QR code")]


class PosConfig(models.Model):
    _inherit = "pos.config"

    club_receipt_points = fields.Boolean(
        string="Points",
        default=True,
        help="What the purchase earned and used, and the balance after it.",
    )
    club_receipt_wallets = fields.Boolean(
        string="Credit and gift cards",
        default=True,
        help="What is left in each wallet that the purchase paid from or put something into.",
    )
    club_receipt_tier = fields.Boolean(
        string="Level", default=True, help="The customer's level and the way to the next one."
    )
    club_receipt_stamps = fields.Boolean(
        string="Stamps", default=True, help="How full the customer's stamp cards are."
    )
    club_receipt_expiry_days = fields.Integer(
        string="Expires within (days)",
        default=30,
        help="Receipts tell what the customer loses within so many days unless she uses it. "
        "0: nothing.",
    )
    club_receipt_check = fields.Selection(
        CHECKS,
        string="To check it with",
        required=True,
        default="qr",
        help="Whoever holds the receipt can see on the club's page that what was booked stands "
        "unchanged in the ledger. The QR code leads there.",
    )

    _club_receipt_expiry_sound = models.Constraint(
        "CHECK (club_receipt_expiry_days >= 0)", "Receipts look zero or more days ahead."
    )
