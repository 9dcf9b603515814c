from typing import NamedTuple

from odoo import api, fields, models

from .. import keyring
from ..domain import receipt_code
from .audit_chain import ChainWalk


class Proof(NamedTuple):
    """What the chain says about an entry.

    :param sound: the entry and all that follow it in its wallet fit their seals, and the
        anchor that holds it agrees.
    :param following: how many entries follow it.
    :param anchored_on: moment of that anchor as text in UTC, None when none was written since.
    """

    sound: bool
    following: int
    anchored_on: str | None


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    receipt_code = fields.Char(
        string="Receipt code",
        compute="_compute_receipt_code",
        help="Whoever has this code can check that the entry stands unchanged in the ledger.",
    )

    @api.depends("seal", "key_id")
    def _compute_receipt_code(self):
        keys = keyring.chain_keys(self.env.cr.dbname)
        for entry in self:
            secret = keys.get(entry.key_id)
            entry.receipt_code = secret and receipt_code.receipt_code(secret, entry.id, entry.seal)

    @api.model
    def _of_receipt_code(self, code):
        """The entry that a code was made for; no entry when there is none such.

        Costs one query whatever the code.

        :param code: as :func:`..domain.receipt_code.read` gives it.
        """
        secrets = keyring.chain_keys(self.env.cr.dbname).values()
        ids, head = receipt_code.opened(secrets, code)
        found = self.search_fetch(
            [("id", "in", ids)], ["seal", "wallet_id", "seq", "date", "kind", "amount"]
        )
        return found.filtered(lambda entry: entry.seal.startswith(head))[:1]

    def _proof(self):
        """Recompute the wallet's chain from this entry to its head, and ask the anchor.

        :returns: :class:`Proof`.
        """
        self.ensure_one()
        wallet = self.wallet_id
        walk = ChainWalk(self.env, wallet.id, first=self.seq)
        faults = sum(1 for _fault in walk.faults())
        sound = not faults and walk.last == (wallet.seq, wallet.head)
        anchored = self.env["loyalty.club.anchor"]._first_with(wallet.id, self.seq, self.date)
        if not anchored:
            return Proof(sound, walk.entries - 1, None)
        anchor, number, seal = anchored
        sound = sound and bool(
            self.search_count(
                [("wallet_id", "=", wallet.id), ("seq", "=", number), ("seal", "=", seal)]
            )
        )
        return Proof(sound, walk.entries - 1, anchor.date[:19])
