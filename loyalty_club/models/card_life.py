from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..clock import today_in
from ..domain import card_number


class LoyaltyClubCard(models.Model):
    """What becomes of a card: blocked, lost, found again, replaced, expired."""

    _inherit = "loyalty.club.card"

    # === ACTION METHODS === #

    def action_block(self):
        """Ask why, then block the card."""
        return self._ask("block", self.env._("Block card"))

    def action_report_lost(self):
        """Ask what happened, then report the card lost."""
        return self._ask("lost", self.env._("Report the card lost"))

    def action_replace(self):
        """Ask why and for the new card, then replace this one."""
        return self._ask("replace", self.env._("Replace card"))

    def action_reactivate(self):
        """Ask why, then activate the card again."""
        return self._ask("reactivate", self.env._("Activate card again"))

    def action_take_back(self):
        """Ask why, then put the card back into stock."""
        return self._ask("take_back", self.env._("Take back into stock"))

    def action_set_pin(self):
        """Ask for a new PIN, twice."""
        return self._ask(None, self.env._("Set PIN"), "loyalty.club.card.pin")

    def _ask(self, act, title, model="loyalty.club.card.change"):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_card_ids": self.ids, **({"default_act": act} if act else {})},
        }

    # === BUSINESS METHODS === #

    def _block(self, reason):
        """Block active cards: from now on they are refused everywhere.

        :param reason: why, in words.
        :raises AccessError: for anyone but a club user.
        :raises UserError: without a reason, or when one is not active.
        """
        self._check_issuer()
        self._change("blocked", "blocked", ("active",), reason, ended_on=fields.Datetime.now())

    def _report_lost(self, reason):
        """Report cards lost: from now on they are refused everywhere, and the holder is told.

        :param reason: what happened, in words.
        :raises AccessError: for anyone but a club user.
        :raises UserError: without a reason, or when one was replaced or never issued.
        """
        self._check_issuer()
        fresh = self.filtered(lambda card: card.state != "lost")
        if fresh:
            fresh._change(
                "lost",
                "lost",
                ("active", "blocked", "expired"),
                reason,
                ended_on=fields.Datetime.now(),
            )
            fresh._tell_holders()

    def _reactivate(self, reason):
        """Let blocked, found or prolonged cards be used again.

        :param reason: why, in words.
        :raises AccessError: for anyone but a club marketer or manager.
        :raises UserError: without a reason; for a card that was replaced or is no longer valid.
        """
        if not (self.env.su or self.env.user.has_group("loyalty_club.group_marketer")):
            raise AccessError(
                self.env._("A card is activated again by a club marketer or manager.")
            )
        for card in self:
            if not card.member_id:
                raise UserError(self._not_possible(card))
            if card.expires_on and card.expires_on < today_in(card.company_id):
                raise UserError(
                    self.env._(
                        "Card %(number)s was valid until %(day)s. Give it a later day first, or "
                        "replace it.",
                        number=card_number.grouped(card.number),
                        day=card.expires_on,
                    )
                )
        self._change("active", "reactivated", ("blocked", "lost", "expired"), reason, ended_on=None)

    def _replace(self, reason, number=None, uid=None, type=None, lost=False, branch=None):
        """Give the holder a new card for this one, in one step.

        Balances are the member's and stay where they are; the old number stays known, and
        leads to the new card. The new one has the old one's terms; its PIN is asked anew.

        :param reason: why, in words.
        :param number: number of a card in stock; empty: a new number.
        :param uid: identifier of the new card's chip.
        :param type: of a new number; empty: the old card's.
        :param lost: the old card is gone, and not in our hands.
        :param branch: shop that issues the new one.
        :returns: the new card.
        :raises AccessError: for anyone but a club user.
        :raises UserError: without a reason; when it was replaced before or never issued; when
            the new card is not to be had.
        """
        self.ensure_one()
        self._check_issuer()
        old = self.sudo()  # sudo: as in _issue; the right was checked
        gone = lost or old.state == "lost"
        had_pin = bool(old.pin_hash or old.pin_required)
        old._change(
            "lost" if gone else "replaced",
            "replaced",
            ("active", "blocked", "lost", "expired"),
            reason,
            ended_on=old.ended_on or fields.Datetime.now(),
        )
        new = old._issue(
            old.club_id,
            old.member_id,
            type=type or old.type,
            number=number,
            uid=uid,
            branch=branch,
            reason=reason,
            discount_percent=old.discount_percent,
            discount_mode=old.discount_mode,
            expires_on=old._remaining_validity(),
            replaces_id=old.id,
            pin_required=had_pin,
        )
        old._tell_holders(new)
        return new.sudo(self.env.su)

    @api.model
    def _cron_expire(self):
        """Cards whose last day is over: each company by its own clock."""
        for company in self.env["loyalty.club"].search([("active", "=", True)]).company_id:
            self._turn(
                SQL(
                    "SELECT id FROM loyalty_club_card WHERE state = 'active'"
                    " AND expires_on < %s AND company_id = %s FOR NO KEY UPDATE SKIP LOCKED",
                    today_in(company),
                    company.id,
                ),
                "expired",
                to_state="expired",
                ended_on=fields.Datetime.now(),
            )

    # --- mechanics -------------------------------------------------------------------

    def _change(self, state, kind, before, reason, **values):
        """Bring cards from one of the states ``before`` into ``state``, or say why not."""
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Write the reason: it stays with the card."))
        self.check_access("read")
        cards = self.sudo()  # sudo: cards are written by their own code; the caller checked
        if replaced := cards.filtered("replaced_by_ids"):
            raise UserError(
                self.env._(
                    "Card %(number)s was replaced by another one.",
                    number=card_number.grouped(replaced[0].number),
                )
            )
        turned = cards._turn(
            SQL(
                "SELECT id FROM loyalty_club_card WHERE id = ANY(%s) AND state = ANY(%s)"
                " FOR NO KEY UPDATE",
                cards.ids,
                list(before),
            ),
            kind,
            reason,
            to_state=state,
            **values,
        )
        left = cards.filtered(lambda card: card.id not in turned)
        if left:
            raise UserError(self._not_possible(left[0]))

    def _not_possible(self, card):
        states = dict(card._fields["state"]._description_selection(self.env))
        return self.env._(
            "This is not possible: card %(number)s is “%(state)s”.",
            number=card_number.grouped(card.number),
            state=states[card.state],
        )

    def _remaining_validity(self):
        """Last day of a card that stands in for this one."""
        if self.expires_on and self.expires_on >= today_in(self.company_id):
            return self.expires_on
        return self.club_id._card_last_day()

    def _tell_holders(self, new=None):
        """Tell holders that a card of theirs was reported lost, or replaced by ``new``.

        Whoever did not ask for it learns of it, wherever it was done.
        """
        outbox = self.env["loyalty.club.outbox"]
        texts = []
        # sudo: the message is the holder's; nothing of it is shown
        for card in self.sudo().filtered("member_id"):
            told = outbox._in_language_of(card.partner_id)
            number = f"…{card.number[-4:]}"
            if new:
                body = told._(
                    "Your card %(number)s of %(club)s was replaced by a new one. Your points and "
                    "credit are unchanged. Was it not you? Tell the shop at once.",
                    number=number,
                    club=card.club_id.with_env(told).name,
                )
            else:
                body = told._(
                    "Your card %(number)s of %(club)s was reported lost and can no longer be used. "
                    "Was it not you? Tell the shop at once.",
                    number=number,
                    club=card.club_id.with_env(told).name,
                )
            texts.append(
                {
                    "partner_id": card.partner_id.id,
                    "company_id": card.company_id.id,
                    "subject": told._("Your card"),
                    "body": body,
                }
            )
        outbox._queue_texts("notice", texts)
