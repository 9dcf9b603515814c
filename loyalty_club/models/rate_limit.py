import hashlib
import hmac
import ipaddress
from math import ceil

from odoo import api, fields, models
from odoo.http import request
from odoo.tools import SQL

from .. import keyring
from ..transaction import in_short_transaction

HOUR = 3600
# Wrong codes: what one person may type in an hour, and what all of them together may
# before the club takes it for an attack and lets everybody try only a few times.
_WRONG_OF_ONE = (20, HOUR)
_WRONG_OF_ALL = ("code:all", 500, HOUR)
_UNDER_ATTACK = (2, HOUR)
# Whole identity codes that one person looks up: more is trying codes until one fits.
_IDENTITIES_OF_ONE = (60, HOUR)


class LoyaltyClubRateLimit(models.Model):
    """How often something may still be tried: a token bucket for each key.

    A bucket holds ``capacity`` tokens and refills evenly within ``seconds``; each try takes
    one. Only the time at which the bucket will be full again is kept, which says as much as
    the number of tokens does. A full bucket needs no row.

    Tries are counted in a transaction of their own: a request that is refused, fails or is
    rolled back has been tried all the same. What the keys name (people, addresses, codes) is
    not stored, only its HMAC.
    """

    _name = "loyalty.club.rate.limit"
    _description = "Rate Limit"
    _log_access = False
    _rec_name = "key"

    key = fields.Char(required=True, readonly=True)
    full_at = fields.Datetime(string="Full again at", required=True, readonly=True)

    _key_unique = models.Constraint("UNIQUE (key)", "A key has one bucket.")

    # === BUSINESS METHODS === #

    @api.model
    def _allow(self, key, capacity, seconds):
        """Take a token; exact at any number of simultaneous tries.

        :param key: what is counted, e.g. ``"transfer:42"``; hashed before it is stored.
        :param capacity: how many tries are possible at once.
        :param seconds: time in which an empty bucket is full again.
        :returns: False when there is no token; the try is then refused.
        """
        step = seconds / capacity
        query = SQL(
            """
            INSERT INTO loyalty_club_rate_limit AS bucket (key, full_at)
            VALUES (%(key)s, %(now)s + make_interval(secs => %(step)s))
            ON CONFLICT (key) DO UPDATE
               SET full_at = GREATEST(bucket.full_at, %(now)s) + make_interval(secs => %(step)s)
             WHERE GREATEST(bucket.full_at, %(now)s) + make_interval(secs => %(step)s)
                   <= %(now)s + make_interval(secs => %(seconds)s)
            RETURNING id
            """,
            key=self._hashed(key),
            now=SQL("(clock_timestamp() AT TIME ZONE 'UTC')"),
            step=step,
            # Clocks of two statements differ by less than this.
            seconds=seconds + min(step / 2, 0.001),
        )
        return bool(self._in_own_transaction(query))

    @api.model
    def _give_back(self, key, capacity, seconds):
        """Put a token back: the try was no failure and shall not count."""
        query = SQL(
            "UPDATE loyalty_club_rate_limit SET full_at = full_at - make_interval(secs => %s)"
            " WHERE key = %s RETURNING id",
            seconds / capacity,
            self._hashed(key),
        )
        self._in_own_transaction(query)

    @api.model
    def _wait(self, key, capacity, seconds):
        """Whole seconds until the next token; 0 when there is one now.

        Asked in the caller's transaction, which is enough to explain a refusal, or to ask
        before something of which only failures are counted.
        """
        query = SQL(
            "SELECT CEIL(EXTRACT(EPOCH FROM full_at"
            " - (clock_timestamp() AT TIME ZONE 'UTC')) - %s)::int"
            " FROM loyalty_club_rate_limit WHERE key = %s",
            seconds - seconds / capacity,
            self._hashed(key),
        )
        self.env.cr.execute(query)
        row = self.env.cr.fetchone()
        return max(row[0], 0) if row else 0

    @api.model
    def _refusal_text(self, wait):
        """A sentence for a person who has tried too often.

        :param wait: seconds until the next try.
        """
        minutes = max(ceil(wait / 60), 1)
        if minutes < 60:
            return self.env._(
                "Too many tries. Try again in about %(minutes)s min.", minutes=minutes
            )
        return self.env._(
            "Too many tries. Try again in about %(hours)s h.", hours=ceil(minutes / 60)
        )

    # --- codes that people type ------------------------------------------------------

    @api.model
    def _code_refusal(self):
        """Ask before a code that somebody typed is looked up; takes a try.

        Whoever found a card gives the try back with :meth:`_code_found`; a try whose code was
        wrong is completed by :meth:`_code_wrong`.

        :returns: a sentence when no more codes are looked up for this person now, or None.
        """
        who = self._who()
        buckets = [(f"code:{who}", *_WRONG_OF_ONE)]
        # Under attack the first tries are still everybody's; the staff is not the attacker.
        if not self.env.user._is_internal() and self._wait(*_WRONG_OF_ALL):
            buckets.append((f"code:attack:{who}", *_UNDER_ATTACK))
        for bucket in buckets:
            if not self._allow(*bucket):
                return self._refusal_text(self._wait(*bucket))
        return None

    @api.model
    def _code_found(self):
        """The code was right: it does not count as a try."""
        self._give_back(f"code:{self._who()}", *_WRONG_OF_ONE)

    @api.model
    def _code_wrong(self):
        """The code was wrong: everybody's wrong codes together show an attack."""
        if not self.env.user._is_internal():
            self._allow(*_WRONG_OF_ALL)

    @api.model
    def _identity_refusal(self):
        """Count a sealed identity code that somebody looks up: each answer tells whose it is.

        :returns: a sentence when this person may look up no more of them now, or None.
        """
        bucket = (f"identity:{self._who()}", *_IDENTITIES_OF_ONE)
        return None if self._allow(*bucket) else self._refusal_text(self._wait(*bucket))

    @api.model
    def _who(self):
        """Who tries: the signed-in user, or the network that a visitor comes from.

        Behind a proxy the address is the visitor's only with Odoo's ``proxy_mode``.
        """
        if not self.env.user._is_public():
            return f"user:{self.env.uid}"
        return f"net:{_network(request.httprequest.remote_addr)}" if request else "net:none"

    # --- mechanics -------------------------------------------------------------------

    @api.model
    def _hashed(self, key):
        pepper = keyring.secret(self.env.cr.dbname, "limits")
        return hmac.new(pepper, key.encode(), hashlib.sha256).hexdigest()[:32]

    def _in_own_transaction(self, query):
        """The first row that ``query`` returns, or None; committed whatever becomes of us."""

        def work(env):
            env.cr.execute(query)
            return env.cr.fetchone()

        return in_short_transaction(self.env, work)

    @api.autovacuum
    def _gc_full(self):
        """Forget buckets that are full again."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM loyalty_club_rate_limit"
                " WHERE full_at < (now() AT TIME ZONE 'UTC') - interval '1 hour'"
            )
        )


def _network(address):
    """The network of an address: one visitor has many addresses of it.

    >>> _network("198.51.100.7"), _network("2001:db8:1:2:3::4")
    ('198.51.100.0/24', '2001:db8:1:2::/64')
    """
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "none"
    prefix = 24 if parsed.version == 4 else 64
    return str(ipaddress.ip_network((parsed, prefix), strict=False))
