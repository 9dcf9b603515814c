"""What a basket would earn, and what is missing for more: told before anybody pays."""

from decimal import Decimal
from functools import cached_property

from odoo import api, fields, models
from odoo.tools import format_amount, formatLang

from ..domain.earn_quote import offered, quote
from ..domain.lots import ZERO
from ..domain.sale import NO_PRODUCT, Sale, SaleLine
from .pos_lines import money
from .pos_stamps import categories

MOST_LINES = 500  # of a basket; a till's payload is not to be believed


class LoyaltyClubEarnEngine(models.AbstractModel):
    _inherit = "loyalty.club.earn.engine"

    # === BUSINESS METHODS - QUOTE === #

    @api.model
    def _quote(self, club, member, sale, moment=None, *, advertised=False, figures=None):
        """What ``sale`` would earn now, and what would bring more. Nothing is written.

        :param club: loyalty.club.
        :param member: who buys; none: what it would earn a new member.
        :param sale: :class:`~..domain.sale.Sale` without facts of the member; its lines tell what
            :meth:`_needs` of :meth:`_rules` names.
        :param moment: UTC; nothing: now.
        :param advertised: leave out what is missing for rules that members are not told of.
        :param figures: what the sale adds to the figures of levels, besides points: dict of measure
            to Decimal; nothing: where the member stands without it.
        :returns: dict of ``earned`` (list of dicts with ``kind``, ``name``, ``amount``,
            ``text``), ``missing`` (list of dicts with ``measure``, ``amount``, ``kind``,
            ``brings``, ``text``) and ``tier`` (see :meth:`_quote_tier`).
        """
        moment = moment or fields.Datetime.now()
        rules = offered(self._rules(club, moment), sale)
        if member:
            facts = self._facts(club, member, rules, moment)
            sale = sale.knowing(facts) if facts else sale
        used = self._used(club, member, rules, moment) if member else {}
        unit = money(club.currency_id.rounding)
        answer = quote(rules, sale, used, unit)
        return {
            "earned": self._quote_earned(answer.awards),
            "missing": self._quote_missing(club, answer.more, advertised),
            "tier": self._quote_tier(member, figures and self._quote_points(answer, figures)),
        }

    @api.model
    def _quote_earned(self, awards):
        """One row for each kind of value."""
        sums = {}
        for award in awards:
            sums[award.kind] = sums.get(award.kind, 0) + award.amount
        # sudo: what purchases earn is told to whoever buys
        kinds = self.env["loyalty.club.wallet.kind"].sudo().browse(sums)
        return [
            {
                "kind": kind.id,
                "name": kind.name,
                "amount": float(sums[kind.id]),
                "text": kind._format(sums[kind.id]),
            }
            for kind in kinds
        ]

    @api.model
    def _quote_missing(self, club, more, advertised):
        """One row for each chance of more, the nearest first."""
        notes = self._quote_notes(club, more)
        if advertised:
            more = [one for one in more if notes.get(one.version, True)]
        # sudo: as in _quote_earned
        kinds = self.env["loyalty.club.wallet.kind"].sudo()
        return [
            {
                "measure": one.measure,
                "amount": float(one.amount),
                "kind": one.kind,
                "brings": float(one.brings),
                "text": self._quote_text(club, one, kinds.browse(one.kind)),
                "note": notes.get(one.version) or "",
            }
            for one in more
        ]

    @api.model
    def _quote_notes(self, club, more):
        """What members read of the rules behind these: dict of version id to text."""
        rule_of = self._rule_ids(club.id)
        ids = {one.version: rule_of[one.version] for one in more if rule_of.get(one.version)}
        # sudo: this line of a rule is for everybody
        rules = self.env["loyalty.club.earn.rule"].sudo().browse(ids.values())
        notes = {rule.id: rule.note for rule in rules}
        return {version: notes[rule] for version, rule in ids.items()}

    @api.model
    def _quote_text(self, club, more, kind):
        """A sentence for whoever sells or buys."""
        brings = kind._format(more.brings)
        if more.measure == "card":
            return self.env._("Show the membership card and get %(brings)s more.", brings=brings)
        if more.measure == "means":
            return self.env._(
                "Pay with %(means)s and get %(brings)s more.",
                means=self._quote_means(more.means),
                brings=brings,
            )
        values = {"brings": brings, "goods": self._quote_goods(more.line)}
        if more.measure == "quantity":
            amount = money(more.amount)
            digits = 0 if amount == amount.to_integral_value() else 3
            values["amount"] = formatLang(self.env, float(amount), digits=digits)
        else:
            values["amount"] = format_amount(self.env, float(more.amount), club.currency_id)
        if values["goods"]:
            return self.env._(
                "%(amount)s more of “%(goods)s”, or of goods like it, brings %(brings)s.", **values
            )
        return self.env._("%(amount)s more brings %(brings)s.", **values)

    @api.model
    def _quote_goods(self, line):
        # sudo: the name of what is in the basket
        return (line and self.env["product.product"].sudo().browse(line.product).name) or ""

    @api.model
    def _quote_means(self, means):
        """Names of ways to pay, by their keys."""
        names = []
        models_of = {"method": "pos.payment.method", "kind": "loyalty.club.wallet.kind"}
        for key in sorted(means):
            model, _colon, number = key.partition(":")
            # sudo: how one may pay is no secret
            names.append(self.env[models_of[model]].sudo().browse(int(number)).name)
        return self.env._(" or ").join(names)


class PosConfig(models.Model):
    _inherit = "pos.config"

    def club_quote(self, basket):
        """What a basket would earn its customer, and what is missing for more. Nothing is written.

        :param basket: dict of ``partner_id``, ``lines`` (list of dicts of ``product_id``, ``qty``,
            ``price_subtotal``, ``price_subtotal_incl`` and, where a reward takes something off,
            ``reward_id``), ``payments`` (list of dicts of ``payment_method_id`` and ``amount``)
            and ``card_shown``.
        :returns: as ``loyalty.club.earn.engine._quote``, or False where no club serves the till
            or the customer is no active member.
        :raises AccessError: for anyone but a user of the Point of Sale.
        """
        self._club_check_cashier()
        # sudo: the till is told what its own customer would earn
        config, basket = self.sudo(), basket if isinstance(basket, dict) else {}
        club = config._club()
        partner = config.env["res.partner"].browse(self._club_id(basket.get("partner_id")))
        member = config.env["loyalty.club.member"]._find(club, partner)
        if not club or member.state != "active":
            return False
        engine = config.env["loyalty.club.earn.engine"]
        asked = PosBasket(config, club, basket)
        return engine._quote(club, member, asked.sale(engine), figures=asked.figures())


class PosBasket:
    """What a till has in its basket, as it says: nothing of it is stored yet.

    :param config: pos.config, in sudo.
    :param basket: as for :meth:`PosConfig.club_quote`.
    """

    def __init__(self, config, club, basket):
        self.config, self.club, self.basket = config, club, basket
        self.env = config.env
        lines = basket.get("lines") or []
        self.lines = [line for line in lines[:MOST_LINES] if isinstance(line, dict)]

    def sale(self, engine):
        """The :class:`~..domain.sale.Sale` that it would be."""
        now = fields.Datetime.now()
        needs = engine._needs(engine._rules(self.club, now))
        return Sale(
            engine._clock(self.club, now),
            "pos",
            self.config.club_branch_id.id or None,
            tuple(self._lines(needs)),
            self._paid(),
            self.basket.get("card_shown") is True,
        )

    def figures(self):
        """What the journal would count of it: dict of measure to Decimal."""
        goods = [line for line, _product in self._counted if not line.get("reward_id")]
        return {
            "spend": sum((self._money(line, "price_subtotal") for line, _ in self._counted), ZERO),
            "visits": Decimal(1),
            "items": sum((_number(line.get("qty")) for line in goods), ZERO),
        }

    def _lines(self, needs):
        for line, product in self._counted:
            yield self._line(line, product, needs)

    @cached_property
    def _counted(self):
        """Pairs of line and product, of what is bought of the shop."""
        Program, club = self.env["loyalty.program"], self.club
        left_out = Program._club_stored_value_products().keys() | club._fee_products()
        for name in self.config._club_uncounted():
            left_out = left_out | set(self.config[name].ids)
        ids = [self.config._club_id(line.get("product_id")) for line in self.lines]
        products = {
            product.id: product for product in self.env["product.product"].browse(ids).exists()
        }
        return [
            (line, products[product_id])
            for line, product_id in zip(self.lines, ids, strict=True)
            if product_id in products and product_id not in left_out
        ]

    def _line(self, line, product, needs):
        amount, quantity = self._amount(line), _number(line.get("qty"))
        if line.get("reward_id") or amount < 0:
            reward = self.env["loyalty.reward"].browse(self.config._club_id(line.get("reward_id")))
            kind = reward.exists().program_id.club_wallet_kind_id.id or None
            return SaleLine(NO_PRODUCT, amount=amount, kind=kind)
        return SaleLine(
            product.id,
            product.product_tmpl_id.id,
            categories(product) if "goods" in needs else frozenset(),
            frozenset(product.all_product_tag_ids.ids) if "tags" in needs else frozenset(),
            quantity,
            amount,
        )

    def _amount(self, line):
        """What a line costs, in the company's currency and the club's basis."""
        included = self.club.earn_basis == "tax_included"
        return self._money(line, "price_subtotal_incl" if included else "price_subtotal")

    def _money(self, line, name):
        """A price of a line, in the company's currency."""
        amount = _number(line.get(name))
        company = self.config.company_id
        if self.config.currency_id == company.currency_id:
            return amount
        return money(
            self.config.currency_id._convert(
                float(amount), company.currency_id, company, fields.Date.today(), round=False
            )
        )

    def _paid(self):
        paid = {}
        for payment in self.basket.get("payments") or ():
            if isinstance(payment, dict):
                key = f"method:{self.config._club_id(payment.get('payment_method_id'))}"
                paid[key] = paid.get(key, 0) + _number(payment.get("amount"))
        return paid


def _number(value):
    """A number that a till sent, or nothing."""
    finite = isinstance(value, int | float) and abs(value) < 1e15  # neither NaN nor infinite
    return money(value) if finite else money(0)
