from odoo import models


class LoyaltyClubWallet(models.Model):
    """What people read when the ledger refuses."""

    _inherit = "loyalty.club.wallet"

    def _refusal_text_of(self, reason, balance):
        """A sentence for a person: why the ledger refuses, and what to do.

        :param reason: one of ``const.REFUSALS``.
        :param balance: what could be used, a Decimal in the wallet's unit.
        """
        self.ensure_one()
        if reason == "expired" and balance > 0:
            reason = "partly_expired"
        words = {
            "holder": self.member_id.display_name or self._card_end(),
            "kind": self.kind_id.name,
            "balance": self.kind_id._format_told(balance),
        }
        return self._refusal_sentences()[reason](words)

    def _card_end(self):
        """The end of a bearer's code: whoever has the whole code has the money."""
        code = self.card_ids[:1].code
        return f"…{code[-4:]}" if code else self.display_name

    def _refusal_sentences(self):
        """The sentences, each made only when it is asked for."""
        return self._refusals_of_state() | {
            "insufficient": lambda words: self.env._(
                "%(holder)s has only %(balance)s left in “%(kind)s”. Lower the amount.", **words
            ),
            "conditions": lambda words: self.env._(
                "The conditions of use of “%(kind)s” let %(holder)s pay only %(balance)s of this "
                "purchase with it.",
                **words,
            ),
            "limit_day": lambda words: self.env._(
                "%(holder)s can spend only %(balance)s more of “%(kind)s” today: that is its "
                "limit per day.",
                **words,
            ),
            "limit_month": lambda words: self.env._(
                "%(holder)s can spend only %(balance)s more of “%(kind)s” this month: that is "
                "its limit per month.",
                **words,
            ),
            "minimum": lambda words: self.env._(
                "“%(kind)s” keeps a lowest balance, so %(holder)s can use only %(balance)s of it.",
                **words,
            ),
            "maximum": lambda words: self.env._(
                "“%(kind)s” of %(holder)s can take only %(balance)s more: that is its highest "
                "balance.",
                **words,
            ),
            "over_refund": lambda words: self.env._(
                "Only %(balance)s of this payment from “%(kind)s” is left to be given back to "
                "%(holder)s.",
                **words,
            ),
            "key_reused": lambda words: self.env._(
                "This movement was already booked with other figures. Nothing was changed."
            ),
        }

    def _refusals_of_state(self):
        return {
            "blocked": lambda words: self.env._(
                "“%(kind)s” of %(holder)s is blocked and cannot be used. Ask a club manager.",
                **words,
            ),
            "expired": lambda words: self.env._(
                "“%(kind)s” of %(holder)s has expired and cannot be used.", **words
            ),
            "partly_expired": lambda words: self.env._(
                "Part of “%(kind)s” of %(holder)s has expired. Now %(balance)s can be used.",
                **words,
            ),
            "pending": lambda words: self.env._(
                "Part of “%(kind)s” of %(holder)s can only be used when the time for returns is "
                "over. Now %(balance)s can be used.",
                **words,
            ),
        }
