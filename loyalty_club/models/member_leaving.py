"""What a member would lose by leaving: she is told before she asks for it."""

from odoo import models

from ..domain.card_number import grouped


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    # === BUSINESS METHODS === #

    def _leaving(self):
        """What becomes of what this member has, if she leaves today and is forgotten.

        As :meth:`_close_to_erase` does it: what was paid in is paid out where the club does so,
        everything else is lost.

        :returns: dict of ``lost`` and ``paid_out``, lists of texts; both may be empty.
        """
        self.ensure_one()
        member = self.sudo()  # sudo: her own; the caller has found her
        pays = member.club_id.closing_policy == "payout"
        lost, paid_out = [], []
        for wallet, left, paid in member._left_to_close():
            part = paid if pays and wallet.type == "ewallet" else 0
            for texts, amount in ((paid_out, part), (lost, left - part)):
                if amount:
                    texts.append(member._left_text(wallet, amount))
        lost += member._leaving_rights()
        return {"lost": lost, "paid_out": paid_out}

    def _left_text(self, wallet, amount):
        """An amount of one wallet, with what it is."""
        kind = wallet.kind_id
        if wallet.type == "points":
            return kind._format_shown(amount)
        return self.env._("%(kind)s: %(amount)s", kind=kind.name, amount=kind._format_shown(amount))

    def _leaving_rights(self):
        """What she may do or have as a member, besides value."""
        texts = []
        level = self._tier_page()
        if level:
            text = self.env._("Your level %(tier)s", tier=level["name"])
            benefits = self.tier_id._benefit_lines()
            if benefits:
                text = self.env._(
                    "%(level)s: %(benefits)s", level=text, benefits=", ".join(benefits)
                )
            texts.append(text)
        for offer in self._offers():
            texts.append(self.env._("Your offer: %(offer)s", offer=offer["name"]))
        cards = self.card_ids.filtered(lambda card: card.state == "active")
        if cards:
            texts.append(
                self.env._(
                    "Your cards: %(cards)s",
                    # A number keeps its direction in a line that runs from right to left.
                    cards=", ".join(f"\u2066{grouped(card.number)}\u2069" for card in cards),
                )
            )
        return texts
