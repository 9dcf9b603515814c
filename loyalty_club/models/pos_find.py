"""One field at the till for everything by which a customer is known: whom it names, or may name."""

from odoo import models
from odoo.tools import SQL

from ..domain import codes, names
from .pos_card import LONGEST_CODE

MOST_HITS = 10
_RANKED = 200  # of a common name; a cashier types on rather than reads so many
_END = 4  # digits of a mobile that a cashier is shown
# The index has this very expression; see domain.names
NAME_WORDS = (
    f"to_tsvector('simple', translate(lower(name), '{names.FOLDED_FROM}', '{names.FOLDED_TO}'))"
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    _club_words_index = models.Index(f"USING gin (({NAME_WORDS}))")


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    def _named_like(self, club, text):
        """Members of ``club`` whose names have words that begin like those of ``text``.

        One statement on an index, whatever the number of members.

        :param club: loyalty.club, one record.
        :param text: a name or a part of it, as people type it.
        :returns: loyalty.club.member, not closed: those called exactly so first, then those
            whose name begins so; and whether there are more.
        """
        query = names.beginnings(text)
        if not query:
            return self.browse(), False
        self.env["res.partner"].flush_model(["name", "active"])
        self.flush_model(["partner_id", "club_id", "state", "merged_into_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id, p.name
                  FROM (SELECT id, name, active, %(words)s AS words FROM res_partner) p
                  JOIN loyalty_club_member m ON m.partner_id = p.id AND m.club_id = %(club)s
                 WHERE p.words @@ to_tsquery('simple', %(query)s) AND p.active
                   AND m.merged_into_id IS NULL AND m.state <> 'closed'
                 LIMIT %(limit)s
                """,
                words=SQL(NAME_WORDS),
                club=club.id,
                query=query,
                limit=_RANKED,
            )
        )
        wanted = names.words(text)

        def rank(row):
            found = names.words(row[1])
            return (found != wanted, found[: len(wanted)] != wanted, row[1], row[0])

        rows.sort(key=rank)
        return self.browse(row[0] for row in rows[:MOST_HITS]), len(rows) > MOST_HITS


class PosConfig(models.Model):
    _inherit = "pos.config"

    def _club_find(self, text):
        """Whom a cashier means: by whatever was typed or scanned in the one field.

        A mobile number in any writing, a membership or card number, a chip and an identity code
        name somebody; anything with letters may be a name.

        :param text: in letters and digits of any keyboard.
        :returns: dict with ``exact`` (what :meth:`_club_identify` gives, when one person is
            named), ``hits`` (list of dicts, see :meth:`_club_hit`), ``more`` (there are more than
            are told), ``message`` (why a card may not be used) and ``enrol`` (see
            :meth:`_club_enrol_form`, when a mobile number is nobody's).
        :raises AccessError: for anyone but a user of the Point of Sale.
        """
        self._club_check_cashier()
        answer = {"exact": False, "hits": [], "more": False, "message": False, "enrol": False}
        club = self.sudo()._club()  # sudo: which club a till serves is not the cashier's secret
        typed = codes.typed(text) if isinstance(text, str) and len(text) <= LONGEST_CODE else ""
        if not club or not typed:
            return answer
        if any(char.isdigit() for char in typed):
            self._club_find_exactly(club, typed, answer)
        found = answer["exact"] or answer["hits"] or answer["message"] or answer["enrol"]
        if not found and any(char.isalpha() for char in typed):
            # sudo: a cashier finds the members of her own till's club
            members, answer["more"] = (
                self.env["loyalty.club.member"].sudo()._named_like(club, typed)
            )
            answer["hits"] = members.mapped(self._club_hit)
        return answer

    def _club_find_exactly(self, club, typed, answer):
        """Put into ``answer`` whom ``typed`` names, or why nobody."""
        # sudo: a cashier finds the members of her own till's club; codes are counted
        members = self.env["loyalty.club.member"].sudo()
        members = members._locate(club, typed, asked=not self.env.su)
        if len(members) == 1:
            partner = members.partner_id
            # What begins like a mobile number, and is hers, is no card
            named = typed[0] not in "123456789" and members.mobile in club._mobiles(typed)
            told = self._club_known(partner, members, "" if named else typed)
            answer["exact"] = {"partner_id": partner.id, "message": False} | told
        elif members:
            answer["hits"] = members[:MOST_HITS].mapped(self._club_hit)
        elif mobiles := club._mobiles(typed):
            answer["enrol"] = self._club_enrol_form(club, mobiles, typed)
        else:
            # sudo: as above; a card that is stopped is named to whoever holds it
            card = self.env["loyalty.club.card"].sudo()._find_by_text(club, typed)
            answer["message"] = card._refusal() if card else False

    def _club_hit(self, member):
        """What a cashier is told of somebody she may mean: enough to ask “are you …?”.

        :returns: dict with ``partner_id``, ``name``, ``number``, ``mobile`` (its end), ``level``
            (name and color, or False) and ``active`` (whether the membership is).
        """
        tier = member.tier_id
        return {
            "partner_id": member.partner_id.id,
            "name": member.partner_id.name or "",
            "number": member.number,
            "mobile": (member.mobile or "")[-_END:],
            "level": {"name": tier.name, "color": tier.color} if tier else False,
            "active": member.state == "active",
        }
