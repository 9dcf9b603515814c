"""What a card says to whoever holds it, asked without signing in."""

from collections import namedtuple

from odoo import api, models
from odoo.tools import format_amount

from ..clock import today_in
from ..domain import codes

LONGEST_CODE = 64
# Refused tries are counted as often as allowed ones are: it takes the time that those take.
_REFUSED = (1_000_000, 3600)

CardState = namedtuple("CardState", "what state balance valid_until company")
CardState.__doc__ = """What is said of a card.

:param what: ``gift`` or ``club``.
:param state: ``valid``, ``empty``, ``expired``, or ``stopped``.
:param balance: in words, of a gift card that is not stopped; else None.
:param valid_until: last day (date), or None.
:param company: whose card it is.
"""


class LoyaltyClubCardCheck(models.AbstractModel):
    """The public door for codes: guessing must be hopeless, and must not even tell what is near.

    A code that was never issued, one of a kind that is nobody's business here, a text that is
    no code, and a right code after too many tries get one and the same answer: None.
    """

    _name = "loyalty.club.card.check"
    _description = "Card Check"

    @api.model
    def _look_up(self, text):
        """What is said of the card whose code somebody typed.

        Wrong codes, and numbers of club cards, are counted for the visitor's network; gift
        cards, whose codes cannot be guessed from one another, are not.

        :param text: as typed.
        :returns: :class:`CardState`; None is the one refusal.
        """
        limits = self.env["loyalty.club.rate.limit"]
        refused = limits._code_refusal() is not None
        # Looked up in any case: what is refused takes as long as what is wrong.
        text = text if len(text) <= LONGEST_CODE else ""
        found = self._gift_card(text) or self._club_card(text)
        if refused:
            limits._allow(f"code:refused:{limits._who()}", *_REFUSED)
            return None
        if found and found.what == "gift":
            limits._code_found()
        elif not found:
            limits._code_wrong()
        return found

    # --- what there is ---------------------------------------------------------------

    @api.model
    def _gift_card(self, text):
        card = self.env["loyalty.card"].search(
            [("code", "in", self._forms(text)), ("program_type", "=", "gift_card")], limit=1
        )
        if not card:
            return None
        wallet, company = card.club_wallet_id, card.company_id or self.env.company
        expired = card.expiration_date and card.expiration_date < today_in(company)
        if wallet.state == "blocked":
            state = "stopped"
        elif expired:
            state = "expired"
        else:
            state = "valid" if card.points > 0 else "empty"
        return CardState(
            "gift",
            state,
            None if state == "stopped" else format_amount(self.env, card.points, card.currency_id),
            card.expiration_date or None,
            company,
        )

    @api.model
    def _forms(self, text):
        """The codes that somebody who typed ``text`` may have before her.

        Codes that tills printed are compared as they are; the club's own may be typed in
        groups, in small letters, with Persian digits, and I or O for 1 or 0.
        """
        typed = codes.typed(text)
        compact = codes.compact(text)
        forms = {text.strip(), typed, typed.upper(), compact}
        if codes.is_gift_code(compact.removeprefix("044")):
            forms.add("044" + codes.normalise_gift_code(compact.removeprefix("044")))
        return list(forms - {""})

    @api.model
    def _club_card(self, text):
        clubs = self.env["loyalty.club"].search([("active", "=", True)])
        card = self.env["loyalty.club.card"]._find_by_text(clubs, text)
        if not card or card.state == "stock":
            return None
        expired = card.expires_on and card.expires_on < today_in(card.company_id)
        state = "valid" if card.state == "active" else "stopped"
        if card.state == "expired" or (state == "valid" and expired):
            state = "expired"
        return CardState("club", state, None, card.expires_on or None, card.company_id)
