from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..domain import card_number
from ..domain.codes import InputError


class LoyaltyClubCard(models.Model):
    """How a card comes into a member's hands: made for her, or taken from stock."""

    _inherit = "loyalty.club.card"

    # === BUSINESS METHODS === #

    @api.model
    def _issue(
        self,
        club,
        member,
        type="virtual",
        number=None,
        branch=None,
        uid=None,
        register=False,
        reason=None,
        **terms,
    ):
        """Give ``member`` a card; the same card given twice is given once.

        :param club: loyalty.club, one record.
        :param member: loyalty.club.member of the club, not closed; several get a card each,
            when neither number nor chip is named.
        :param type: ``virtual``, ``physical`` or ``rfid``; a card from stock keeps its own.
        :param number: number of a card in stock, as typed or scanned; empty: a new one.
        :param branch: loyalty.club.branch that issues it; empty: the member's.
        :param uid: identifier of the card's chip, as a reader writes it.
        :param register: let a ``number`` that the club does not know become one of its cards.
        :param reason: why, in words.
        :param terms: ``expires_on``, ``discount_percent``, ``discount_mode``; of a card that
            stands in for another one also ``replaces_id`` and ``pin_required``.
        :returns: the cards.
        :raises AccessError: for anyone but a club user; when anyone but a club manager gives a
            discount, or registers foreign numbers without the marketer's right.
        :raises UserError: for a card that is not in stock, or somebody else's.
        """
        self._check_issue_rights(terms, register)
        member.check_access("read")
        # sudo: cards are written by their own code alone; the rights were checked
        cards, member = self.sudo(), member.sudo()
        cards._check_holders(club, member)
        given = {name: value for name, value in terms.items() if value}
        fresh = {} if "discount_mode" in terms else club.sudo()._card_defaults()
        branch_id = branch.id if branch else None
        if number or uid:
            member.ensure_one()
            issued = cards._issue_named(
                club,
                member,
                type,
                number,
                uid,
                register,
                reason,
                {**given, "branch_id": branch_id},
                fresh,
            )
        else:
            rows = [
                {
                    "type": type,
                    "member_id": one.id,
                    "branch_id": branch_id or one.branch_id.id,
                    "expires_on": club.sudo()._card_last_day(),
                    **fresh,
                    **given,
                }
                for one in member
            ]
            issued = cards._make(club.sudo(), rows, reason)
        return issued.sudo(self.env.su)

    def _issue_named(self, club, member, kind, number, uid, register, reason, given, fresh):
        """Issue the one card that ``number`` or the chip ``uid`` names.

        :param given: what the card gets, ``fresh``: what it gets besides if it is a new one.
        """
        number = self._read_number(number) if number else None
        chip = self._read_chip(uid) if uid else None
        card = self._find_by_text(club, number) if number else self._find_by_text(club, uid)
        if chip:
            self._check_chip_is_free(club, uid, card)
        if card:
            return card._hand_out(member, chip, reason, given)
        if number and not register:
            raise UserError(
                self.env._(
                    "The club has no card %(number)s in stock. Check the number, or take another "
                    "card.",
                    number=card_number.grouped(number),
                )
            )
        if not number:
            number = club._next_card_numbers(1)[0][1]
        row = {
            "number": number,
            "type": "rfid" if chip else kind,
            "member_id": member.id,
            "expires_on": club._card_last_day(),
            **fresh,
            **given,
            **(self._chip_values(number, chip) if chip else {}),
        }
        row["branch_id"] = given["branch_id"] or member.branch_id.id
        return self._make(club, [row], reason)

    def _hand_out(self, member, chip, reason, given):
        """Give this card, which is known, to ``member``."""
        self.ensure_one()
        if self.state == "active" and self.member_id == member:
            return self
        self._check_discount_right()
        values = {
            "member_id": member.id,
            "issued_on": fields.Datetime.now(),
            "activated_on": fields.Datetime.now(),
            "expires_on": self.expires_on or self.club_id._card_last_day() or None,
            "branch_id": self.branch_id.id or member.branch_id.id or None,
            **{name: value for name, value in given.items() if value},
        }
        if chip and not self.uid_index:
            values |= self._chip_values(self.number, chip)
        taken = SQL(
            "SELECT id FROM loyalty_club_card WHERE id = %s AND state = 'stock' FOR NO KEY UPDATE",
            self.id,
        )
        if not self._turn(taken, "issued", reason, to_state="active", **values):
            raise UserError(
                self.env._(
                    "Card %(number)s is no longer in stock: it was issued to somebody. Take "
                    "another card.",
                    number=card_number.grouped(self.number),
                )
            )
        return self

    def _take_back(self, reason):
        """Put cards that can be used again into stock, for example wristbands at the exit.

        :param reason: why, in words.
        :raises AccessError: for anyone but a club user.
        """
        self._check_issuer()
        self.sudo()._turn(  # sudo: as in _issue
            SQL(
                "SELECT id FROM loyalty_club_card WHERE id = ANY(%s) AND state = 'active'"
                " AND type <> 'virtual' FOR NO KEY UPDATE",
                self.ids,
            ),
            "returned",
            reason,
            to_state="stock",
            member_id=None,
            pin_hash=None,
            issued_on=None,
            activated_on=None,
            # what a manager gave was given to the holder, not to whoever comes next
            discount_percent=self._of_batch("discount_percent", "0"),
            discount_mode=self._of_batch("discount_mode", "'none'"),
            expires_on=self._of_batch("expires_on", "NULL"),
        )

    @api.model
    def _of_batch(self, column, otherwise):
        """What a card ``c`` had when it was made, as SQL."""
        return SQL(
            "COALESCE((SELECT batch.%s FROM loyalty_club_card_batch batch"
            " WHERE batch.id = c.batch_id), %s)",
            SQL.identifier(column),
            SQL(otherwise),
        )

    def _record_chip(self, uid):
        """Remember the chip of this card, which has none yet.

        :param uid: its identifier, as a reader writes it.
        :raises AccessError: for anyone but a club user.
        :raises UserError: when it is no identifier, or on another card.
        """
        self.ensure_one()
        self._check_issuer()
        card = self.sudo()  # sudo: as in _issue
        chip = card._read_chip(uid)
        card._check_chip_is_free(card.club_id, uid, card)
        if not card.uid_index:
            card._turn(
                SQL("SELECT id FROM loyalty_club_card WHERE id = %s FOR NO KEY UPDATE", card.id),
                "chip",
                **card._chip_values(card.number, chip),
            )

    # --- what is typed ---------------------------------------------------------------

    @api.model
    def _read_number(self, text):
        """:raises UserError: for what cannot be a card's number."""
        try:
            return card_number.normalise_card(text)
        except InputError as error:
            raise UserError(self._number_text(error)) from error

    @api.model
    def _number_text(self, error):
        """A sentence for a number that cannot be used."""
        return {
            "card_number": self.env._(
                "This is no card number: it has 4 to 32 letters (A to Z) and digits."
            ),
            "payment_card": self.env._(
                "This can be the number of a bank card. The club never keeps those: take a card of "
                "the club."
            ),
            "card_range": self.env._(
                "First and last number differ in their last digits only, the first is the smaller "
                "one, and there are at most 100,000 between them."
            ),
        }[error.code]

    @api.model
    def _read_chip(self, text):
        """:raises UserError: for what cannot be a chip's identifier."""
        try:
            return card_number.normalise_chip(text)
        except InputError as error:
            raise UserError(
                {
                    "chip": self.env._("No reader writes a chip like this. Read the card again."),
                    "chip_random": self.env._(
                        "This chip gives itself another number at every reading, as telephones do. "
                        "Use the QR code of a virtual card instead."
                    ),
                }[error.code]
            ) from error

    @api.model
    def _chip_values(self, number, chip):
        """Columns that keep the identifier ``chip`` of the card ``number``."""
        return {
            "uid_index": self._index_of("card_uid", chip),
            "uid_sealed": self._seal("uid_sealed", number, chip),
            "uid_masked": card_number.mask_chip(chip),
        }

    @api.model
    def _check_chip_is_free(self, club, uid, card):
        indexes = [self._index_of("card_uid", form) for form in card_number.chip_forms(uid)]
        other = self.search([("club_id", "=", club.id), ("uid_index", "in", indexes)], limit=1)
        if other and other != card:
            raise UserError(
                self.env._(
                    "This chip is on card %(number)s. Block or replace that card first.",
                    number=card_number.grouped(other.number),
                )
            )

    # --- rights ----------------------------------------------------------------------

    @api.model
    def _check_issuer(self):
        """:raises AccessError: for anyone but a club user."""
        if not (self.env.su or self.env.user.has_group("loyalty_club.group_user")):
            raise AccessError(self.env._("Only users of the customer club handle its cards."))
        self.check_access("read")

    def _check_discount_right(self):
        """A card from stock that brings more than the club's cards do is handed out by few.

        Whoever asks is asked, whatever rights the request has: a card is named at many doors.

        :raises AccessError: for anyone but a club marketer.
        """
        usual = self.club_id._card_defaults().get("discount_percent", 0)
        allowed = self.env.uid == SUPERUSER_ID or self.env.user.has_group(
            "loyalty_club.group_marketer"
        )
        if self._brings() > usual and not allowed:
            raise AccessError(
                self.env._("Cards that bring a discount are handed out by a club marketer.")
            )

    @api.model
    def _check_issue_rights(self, terms, register):
        self._check_issuer()
        manager = self.env.su or self.env.user.has_group("loyalty_club.group_manager")
        if not manager and terms.get("discount_percent"):
            raise AccessError(self.env._("Only a club manager gives a card a discount."))
        if register and not (manager or self.env.user.has_group("loyalty_club.group_marketer")):
            raise AccessError(
                self.env._("Cards with numbers of others are registered by a club marketer.")
            )

    @api.model
    def _check_holders(self, club, members):
        """:raises UserError: when one of ``members`` cannot hold a card of ``club``."""
        if any(member.club_id != club for member in members):
            raise UserError(self.env._("A club issues cards to its own members."))
        closed = members.filtered(lambda member: member.state == "closed")
        if closed:
            raise UserError(
                self.env._(
                    "%(member)s is closed. Reopen the membership before you issue a card.",
                    member=closed[:1].display_name,
                )
            )
