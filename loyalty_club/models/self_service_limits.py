"""How many codes the public doors send, and how many wrong ones they take."""

import hashlib
import hmac

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import keyring
from .rate_limit import HOUR
from .self_service import CODES_OF_ALL, CODES_OF_ONE

_UNDER_ATTACK = (3, HOUR)
# Of a club's codes, one in so many is kept for browsers in which the number was confirmed before.
_KEPT = 5
# Wrong codes of everybody before each network may be wrong only a few times.
_WRONG_OF_ALL = ("mobile-guess:all", 500, HOUR)


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    codes_per_hour = fields.Integer(
        string="Codes an hour at most",
        default=1000,
        help="To mobiles of visitors who sign in or join. A fifth is kept for browsers in which "
        "the number was confirmed before, so that strangers do not lock members out.",
    )

    _codes_per_hour_positive = models.Constraint(
        "CHECK (codes_per_hour > 0)", "At least one code an hour is sent."
    )


class LoyaltyClubSelfService(models.AbstractModel):
    _inherit = "loyalty.club.self.service"

    @api.model
    def _take_code(self, club, known=False):
        """Count a code before it is sent.

        :param club: loyalty.club that pays for it.
        :param known: whether the number was confirmed in this browser before.
        :raises UserError: when too many were sent from here, or by the club.
        """
        limits = self.env["loyalty.club.rate.limit"]
        total = club.sudo().codes_per_hour  # sudo: visitors read no clubs
        share = max(total // _KEPT if known else total - total // _KEPT, 1)
        buckets = [(self._bucket_of_one(), *CODES_OF_ONE)]
        if not known and limits._wait(*CODES_OF_ALL):  # an attack: everybody has a few left
            buckets.append((f"mobile-code:attack:{limits._who()}", *_UNDER_ATTACK))
        buckets.append((f"mobile-code:club:{club.id}:{bool(known)}", share, HOUR))
        for bucket in buckets:
            if not limits._allow(*bucket):
                raise UserError(limits._refusal_text(limits._wait(*bucket)))
        limits._allow(*CODES_OF_ALL)

    @api.model
    def _guess_bucket(self):
        """Take a try at a code, if everybody's wrong ones have been too many.

        :returns: the bucket to give back to when the code is right, or None.
        :raises UserError: when there are no more tries from here.
        """
        limits = self.env["loyalty.club.rate.limit"]
        if not limits._wait(*_WRONG_OF_ALL):
            return None
        bucket = (f"mobile-guess:attack:{limits._who()}", *_UNDER_ATTACK)
        if not limits._allow(*bucket):
            raise UserError(limits._refusal_text(limits._wait(*bucket)))
        return bucket

    @api.model
    def _guessed_wrong(self):
        self.env["loyalty.club.rate.limit"]._allow(*_WRONG_OF_ALL)

    def _bucket_of_one(self):
        return f"mobile-code:{self.env['loyalty.club.rate.limit']._who()}"

    # --- browsers that are known -----------------------------------------------------

    @api.model
    def _mark_of(self, number):
        """What a browser keeps once ``number`` was confirmed in it; names nobody."""
        pepper = keyring.secret(self.env.cr.dbname, "codes")
        return hmac.new(pepper, f"browser\0{number}".encode(), hashlib.sha256).hexdigest()

    @api.model
    def _is_known(self, number, mark):
        """Whether ``mark`` is that of ``number``; it opens nothing, but a queue of its own."""
        return hmac.compare_digest(self._mark_of(number).encode(), (mark or "").encode())
