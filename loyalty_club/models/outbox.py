import logging

from odoo import api, fields, models

_logger = logging.getLogger(__name__)
_MAX_ATTEMPTS = 5


class LoyaltyClubOutbox(models.Model):
    """Messages that follow a movement. They are written with it and sent later, so that
    a failing mail server or printer of PDFs never undoes or blocks a sale."""

    _name = "loyalty.club.outbox"
    _description = "Outgoing Message"
    _order = "id desc"

    kind = fields.Selection([("new_card", "New card")], required=True, readonly=True)
    card_id = fields.Many2one("loyalty.card", readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="card_id.company_id", store=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("sent", "Sent"), ("failed", "Failed")],
        string="Status",
        required=True,
        readonly=True,
        default="waiting",
    )
    attempts = fields.Integer(readonly=True)
    last_error = fields.Char(string="Last error", readonly=True)

    _waiting_index = models.Index("(id) WHERE state = 'waiting'")

    @api.model
    def _queue_new_card(self, cards):
        """Remember to send the e-mail that goes with new cards."""
        return self.create([{"kind": "new_card", "card_id": card.id} for card in cards])

    @api.model
    def _cron_send(self, limit=100):
        """Send what is waiting; each message in a transaction of its own."""
        waiting = self.search([("state", "=", "waiting")], order="id", limit=limit)
        for message in waiting:
            if message := message.try_lock_for_update():
                message._send()
            if self.env["ir.cron"]._commit_progress(1) <= 0:
                break

    def action_retry(self):
        """Try failed messages again."""
        self.filtered(lambda message: message.state == "failed").write(
            {"state": "waiting", "attempts": 0}
        )

    def _send(self):
        """Send one message; after five failures it waits for a person."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self.card_id._send_creation_communication()
        except Exception as error:
            attempts = self.attempts + 1
            _logger.info("Message %s of the club was not sent: %s", self.id, error)
            self.write(
                {
                    "attempts": attempts,
                    "last_error": str(error)[:500],
                    "state": "failed" if attempts >= _MAX_ATTEMPTS else "waiting",
                }
            )
        else:
            self.write({"state": "sent", "last_error": False})
