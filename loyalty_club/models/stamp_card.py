"""What happens on a stamp card: stamps are put on it, a full one brings its reward, once."""

from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError

from ..clock import start_of, today_in
from ..domain.lots import ZERO
from ..domain.stamps import cards_to_open
from ..movement import Movement

_FULL, _REWARD = ":full:", ":reward:"
_BY_HAND = "stamps:"  # start of the keys of stamps given by hand


class LoyaltyClubStampProgram(models.Model):
    _inherit = "loyalty.club.stamp.program"

    # --- stamps come in ------------------------------------------------------------------

    def _stamped(self, member, stamps, common, key):
        """The movement that puts ``stamps`` onto the card of ``member``.

        :param common: origin, branch and note.
        :param key: start of the idempotency key.
        """
        self.ensure_one()
        wallet = self.kind_id._wallets_of(member)[member.id]
        return Movement(
            wallet_id=wallet.id,
            amount=Decimal(stamps),
            kind="earn",
            key=f"{key}:stamp:{wallet.id}",
            **common,
        )

    def _give(self, member, stamps, reason, key):
        """Put stamps onto a member's card by hand, e.g. those of a paper card.

        :param stamps: how many; in a day at most one card's worth for a member.
        :param reason: why, in words; stays on the ledger.
        :param key: one for each request; the same gives nothing twice.
        :raises AccessError: for anyone but a club marketer or manager.
        :raises UserError: without a reason, for a member who is not active, or too many.
        """
        self.ensure_one()
        self._check_marketer()
        member.check_access("read")
        self._check_running()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Write the reason: it stays on the ledger."))
        # sudo: the right to give stamps was checked; the ledger books
        program, member = self.sudo(), member.sudo()
        if member.club_id != program.club_id or member.state != "active":
            raise UserError(
                self.env._(
                    "%(member)s is no active member of %(club)s.",
                    member=member.display_name,
                    club=program.club_id.name,
                )
            )
        wallet = program.kind_id._wallets_of(member)[member.id]
        key = f"{_BY_HAND}{key}"
        program._check_by_hand(wallet, stamps, key)
        common = {"origin": (member._name, member.id), "note": reason}
        movement = Movement(wallet.id, Decimal(stamps), "adjust", f"{key}:stamp", **common)
        self.env["loyalty.club.wallet"].sudo()._post_or_raise([movement])  # sudo: as above
        program._complete(member, common, key)

    def _check_by_hand(self, wallet, stamps, key):
        """:raises UserError: when more is given by hand in a day than fills one card."""
        given = self.env["loyalty.club.entry"].search(
            [
                ("wallet_id", "=", wallet.id),
                ("kind", "=", "adjust"),
                ("amount", ">", 0),
                ("idempotency_key", "=like", f"{_BY_HAND}%"),
                ("date", ">=", start_of(self.company_id)),
                ("idempotency_key", "!=", f"{key}:stamp"),
            ]
        )
        if not 0 < stamps <= self.stamps_needed - sum(given.mapped("amount")):
            raise UserError(
                self.env._(
                    "By hand a member gets 1 to %(most)s stamps in a day, as many as fill one "
                    "card. A club manager can adjust the balance.",
                    most=self.stamps_needed,
                )
            )

    # --- a card becomes full -------------------------------------------------------------

    def _complete(self, member, common, key):
        """Turn the full cards of ``member`` into their rewards, each exactly once.

        The stamps of a card leave and its reward comes in together or not at all: a card whose
        reward cannot be given now (for example above the highest balance) stays full, and so
        do those after it.

        :param common: origin, branch and note of the movements.
        :param key: start of the idempotency keys: those of what made the cards full.
        """
        for program in self:
            wallet = program.kind_id._wallets_of(member)[member.id]
            entry_ids = []
            # Of what is available, some may have lapsed: then the last of these are refused.
            for number in range(int(wallet.available // program.stamps_needed)):
                movements = program._exchange(member, wallet, f"{wallet.id}:{number}", common, key)
                outcomes = self.env["loyalty.club.wallet"]._post_together(movements)
                if not all(outcome.ok for outcome in outcomes):
                    break
                if outcomes[0].status == "posted":
                    entry_ids.append(outcomes[0].entry_id)
            if program.reward_type == "coupon" and entry_ids:
                program._issue_coupons(member, entry_ids)

    def _exchange(self, member, wallet, number, common, key):
        """The movements of one full card."""
        full = Movement(
            wallet_id=wallet.id,
            amount=-Decimal(self.stamps_needed),
            kind="convert_out",
            key=f"{key}{_FULL}{number}",
            **common,
        )
        if self.reward_type == "coupon":
            return [full]
        kind = self.reward_kind_id
        target = kind._wallets_of(member)[member.id]
        if kind.type != "points":  # credit: the till sees it through a card
            self.env["loyalty.card"]._club_create_for(kind, target)
        reward = Movement(
            wallet_id=target.id,
            amount=Decimal(str(self.reward_amount)),
            kind="convert_in",
            key=f"{key}{_REWARD}{number}",
            **common,
        )
        return [full, reward]

    def _issue_coupons(self, member, entry_ids):
        self.env["loyalty.card"].with_context(loyalty_no_mail=True).create(
            [
                {
                    "program_id": self.coupon_program_id.id,
                    "partner_id": member.partner_id.id,
                    "points": 1,
                    "expiration_date": self.coupon_program_id.date_to,
                    "club_stamp_entry_id": entry_id,
                }
                for entry_id in entry_ids
            ]
        )

    # --- stamps go back ------------------------------------------------------------------

    def _take_back(self, entry, excess, common, key):
        """Take back stamps whose goods came back.

        Where they have become a reward already, the card is opened again: its stamps come
        back, and the reward goes, by the club's policy for what was spent since.

        :param entry: loyalty.club.entry that brought the stamps.
        :param excess: positive Decimal.
        """
        self.ensure_one()
        wallet = entry.wallet_id._successor()
        missing = excess - Decimal(str(wallet.available))
        for full in self._full_cards(wallet, cards_to_open(missing, self.stamps_needed)):
            self._open_again(full, common, key)
        self.env["loyalty.club.debt"]._take(
            Movement(
                wallet_id=wallet.id,
                amount=-excess,
                kind="refund_earn",
                key=f"{key}:unstamp:{entry.id}",
                reverses_id=entry.id,
                **common,
            )
        )

    def _full_cards(self, wallet, count):
        """The entries by which the latest ``count`` cards became full, and still are: those of
        memberships that were merged into the wallet's as well."""
        if not count:
            return self.env["loyalty.club.entry"]
        members = wallet.member_id | wallet.member_id.merged_ids
        wallets = members.wallet_ids.filtered(lambda other: other.kind_id == wallet.kind_id)
        found = self.env["loyalty.club.entry"].search(
            [
                ("wallet_id", "in", wallets.ids),
                ("kind", "=", "convert_out"),
                ("amount", "<", 0),
                ("reversal_ids", "=", False),
            ],
            order="id DESC",
            limit=count,
        )
        return found.filtered(lambda entry: _FULL in entry.idempotency_key)

    def _open_again(self, full, common, key):
        reward = self.env["loyalty.club.entry"].search(
            [("idempotency_key", "=", full.idempotency_key.replace(_FULL, _REWARD))]
        )
        self.env["loyalty.club.wallet"]._post_or_raise(
            [
                Movement(
                    wallet_id=full.wallet_id.id,
                    amount=-Decimal(str(full.amount)),
                    kind="convert_out",
                    key=f"{key}:unfull:{full.id}",
                    reverses_id=full.id,
                    restore=True,
                    **common,
                )
            ]
        )
        if survivor := full.member_id.merged_into_id:  # its lots come back with their last day
            full.member_id._move_value(survivor, common.get("note"))
        Debt = self.env["loyalty.club.debt"]
        if reward and (left := Debt._net(reward)) > ZERO:
            Debt._take_back(reward, left, common, key)
        self._withdraw_coupons(full)

    def _withdraw_coupons(self, full):
        """:raises UserError: when one was used, and the club's terms refuse such returns."""
        coupons = self.env["loyalty.card"].search([("club_stamp_entry_id", "=", full.id)])
        used = coupons.filtered(lambda coupon: coupon.points <= 0)
        if used and self.club_id.clawback_policy == "refuse":
            raise UserError(
                self.env._(
                    "This return opens a stamp card again whose coupon %(code)s was used. The "
                    "club's terms do not allow the return.",
                    code=used[0].code,
                )
            )
        unused = coupons - used
        if unused:
            unused.write({"expiration_date": fields.Date.add(fields.Date.today(), days=-1)})


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    def _merge_one_into(self, survivor, note):
        """Stamps of both memberships together may fill a card."""
        result = super()._merge_one_into(survivor, note)
        if survivor.state == "active":
            stamped = survivor.wallet_ids.kind_id
            programs = self.env["loyalty.club.stamp.program"]._in_force(
                survivor.club_id, today_in(survivor.company_id)
            )
            programs.filtered(lambda program: program.kind_id in stamped)._complete(
                survivor, {"origin": (self._name, self.id), "note": note}, f"merge:{self.id}"
            )
        return result


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    club_stamp_entry_id = fields.Many2one(
        "loyalty.club.entry",
        string="Full stamp card",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The entry by which the stamp card became full whose reward this coupon is.",
    )
