from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from ..domain.codes import InputError, decimal_number


class LoyaltyClubWalletKind(models.Model):
    """Amounts as their readers write them: members of a shop that thinks in tomans read and
    type tomans, its staff rials."""

    _inherit = "loyalty.club.wallet.kind"

    # === BUSINESS METHODS === #

    def _format_told(self, amount):
        """``amount`` (in the unit of this kind) for whoever is asking now: staff read the
        figures that they type, members those that their pages show."""
        self.ensure_one()
        if self.env.user._is_internal():
            return self._format(amount)
        return self._format_shown(amount)

    def _least_told(self, amount):
        """The least amount that may be typed, as a sentence for a member."""
        return self.env._("At least %(amount)s.", amount=self._format_shown(amount))

    def _shown_unit(self):
        """The word beside an input in which a member types an amount."""
        self.ensure_one()
        if not self.currency_id:
            return self.club_id.point_name
        if self._shown_size() != 1:
            return self.env._("toman")
        return self.currency_id.symbol or self.currency_id.name

    def _shown_text(self, amount):
        """``amount`` as plain digits for such an input; empty for none."""
        self.ensure_one()
        exact = Decimal(str(amount)) / self._shown_size()
        return f"{exact.normalize():f}" if amount else ""

    def _read_shown(self, text):
        """The amount that a member typed, a Decimal in the unit of this kind.

        :raises UserError: when it is no amount.
        """
        self.ensure_one()
        try:
            return decimal_number(text if isinstance(text, str) else "") * self._shown_size()
        except InputError as error:
            raise UserError(
                self.env._("“%(text)s” is not an amount: enter digits.", text=text)
            ) from error

    def _shown_size(self):
        """What one of the shown unit is in the kind's own, a Decimal."""
        tomans = self.currency_id and self.currency_id._is_shown_as_toman(self.club_id.company_id)
        return Decimal(10 if tomans else 1)
