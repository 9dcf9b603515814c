"""The one door by which acts other than purchases earn something."""

from odoo import api, models
from odoo.tools import SQL

from ..clock import today_in
from .act_batch import ActBatch, ActDone, ActOutcome


class LoyaltyClubMember(models.Model):
    """What members earn by what they do, besides buying."""

    _inherit = "loyalty.club.member"

    def _earn_act(self, code, key, origin=None, score=None, note=None):
        """Reward an act of this member, as the rules of the club for its kind say.

        The caller makes sure that it was done, and decides who may say so. Limits hold for
        requests at once: one of them is tried again (ConcurrencyError) and counts the other.

        :param code: code of the kind of act, such as ``survey``.
        :param key: names the act; the same one is rewarded once, for ever. What was refused may
            be tried again under its key.
        :param origin: model and id of the document behind it.
        :param score: Decimal, where acts of the kind are scored.
        :param note: somebody's words.
        :returns: :class:`ActOutcome`.
        """
        self.ensure_one()
        return self._earn_acts(code, [ActDone(self, key, origin, score, note)])[0]

    @api.model
    def _earn_acts(self, code, done):
        """As :meth:`_earn_act` for many, members of different clubs as well.

        Costs the same number of statements per club, whatever the number of acts.

        :param code: code of the kind of act.
        :param done: list of :class:`ActDone`.
        :returns: list of :class:`ActOutcome`, in the same order.
        """
        # sudo: the ledger's door and the club's own rules; the caller decides who did what
        asked = self.sudo().union(*(one.member for one in done))
        survivors = {member.id: member._survivor().id for member in asked}
        together = {member.id: member for member in asked.browse(survivors.values())}
        done = [one._replace(member=together[survivors[one.member.id]]) for one in done]
        places = {}
        for place, one in enumerate(done):
            places.setdefault(one.member.club_id, []).append(place)
        outcomes = [ActOutcome("refused", "unknown")] * len(done)
        for club, own in places.items():
            kind = self.env["loyalty.club.act.kind"].sudo()._of(club, code)
            if kind:
                found = ActBatch(kind, [done[place] for place in own]).run()
                for place, outcome in zip(own, found, strict=True):
                    outcomes[place] = outcome
        return outcomes

    def _note_gift(self, code, keys):
        """Let gifts that were booked otherwise count as acts of their kind: one statement.

        :param code: code of the kind of act.
        :param keys: idempotency keys of the entries by which these members got them.
        """
        for club, members in self.grouped("club_id").items():
            kind = self.env["loyalty.club.act.kind"].sudo()._of(club, code)
            if not kind:
                continue
            self.env["loyalty.club.act"].flush_model()
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO loyalty_club_act
                           (kind_id, club_id, company_id, date, day, user_id, key, member_id, seq,
                            wallet_kind_id, amount, entry_id, note)
                    SELECT %(kind)s, e.club_id, e.company_id, e.date, %(day)s, e.user_id,
                           e.club_id || ':' || %(code)s || ':' || e.idempotency_key, e.member_id,
                           1 + COALESCE((SELECT MAX(a.seq) FROM loyalty_club_act a
                                          WHERE a.member_id = e.member_id), 0),
                           w.kind_id, e.amount, e.id, e.note
                      FROM loyalty_club_entry e
                      JOIN loyalty_club_wallet w ON w.id = e.wallet_id
                     WHERE e.idempotency_key = ANY(%(keys)s) AND e.member_id = ANY(%(members)s)
                       AND e.amount > 0
                    ON CONFLICT DO NOTHING
                    """,
                    kind=kind.id,
                    day=today_in(club.company_id),
                    code=code,
                    keys=list(keys),
                    members=members.ids,
                )
            )
            members.invalidate_recordset(["act_ids"])

    def _give_welcome(self):
        result = super()._give_welcome()
        gifted = self.filtered(lambda member: member.club_id.sudo().welcome_amount)
        if gifted:
            gifted._note_gift("signup", [member._welcome_key() for member in gifted])
        return result

    def _book_completion(self, club):
        result = super()._book_completion(club)
        self._note_gift("profile", [member._person_key("profile") for member in self])
        return result
