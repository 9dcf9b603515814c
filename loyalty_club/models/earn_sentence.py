from odoo import api, models
from odoo.tools import format_list

# Types that seldom give a fraction: rounding goes without saying.
_WHOLE = frozenset({"per_visit", "per_unit", "per_variety"})
# Lists of ids in a spec, and whose they are.
_NAMED = {
    ("who", "tiers"): "loyalty.club.tier",
    ("who", "segments"): "loyalty.club.segment",
    ("who", "not_segments"): "loyalty.club.segment",
    ("what", "products"): "product.template",
    ("what", "categories"): "product.category",
    ("what", "tags"): "product.tag",
    ("what", "not_products"): "product.template",
    ("what", "not_categories"): "product.category",
    ("what", "not_tags"): "product.tag",
    ("where", "branches"): "loyalty.club.branch",
    ("where", "methods"): "pos.payment.method",
    ("where", "wallet_kinds"): "loyalty.club.wallet.kind",
}


class LoyaltyClubEarnSentence(models.AbstractModel):
    """What an earning rule means, read aloud: sentences in the reader's language.

    They are made from a spec, so that a rule that is being edited, one in force and a version of
    years ago read alike.
    """

    _name = "loyalty.club.earn.sentence"
    _description = "Wording of Earning Rules"

    # === BUSINESS METHODS === #

    @api.model
    def _sentences(self, specs):
        """Read ``specs`` aloud: a list of texts, of as many queries as there are kinds of names.

        :param specs: list of specs (:mod:`~..domain.earn_spec`); of what is no spec yet nothing
            is said.
        """
        names = self._names(specs)
        return [self._sentence(spec, names) if spec.get("kind") else "" for spec in specs]

    @api.model
    def _sentence(self, spec, names):
        # sudo: the wording does not depend on what the reader may open
        kind = self.env["loyalty.club.wallet.kind"].sudo().browse(spec["kind"])
        parts = [
            self._how_much(spec, kind),
            *self._what(spec, kind, names),
            *self._who(spec, names),
            *self._where(spec, names),
            *self._when(spec, names),
            *self._condition(spec["condition"]),
            *self._at_most(spec, kind),
            *self._with_others(spec),
        ]
        return " ".join(part for part in parts if part)

    # --- how much --------------------------------------------------------------------

    @api.model
    def _how_much(self, spec, kind):
        """The first sentence, by the type of the rule. A new type adds ``_how_<type>``."""
        return getattr(self, f"_how_{spec['type']}")(spec["params"], kind)

    @api.model
    def _how_per_amount(self, params, kind):
        return self.env._(
            "%(given)s for each %(amount)s of the purchase.",
            given=self._given(kind, params["points"]),
            amount=self._money(kind, params["per_amount"]),
        )

    @api.model
    def _how_per_unit(self, params, kind):
        return self.env._("%(given)s for each unit.", given=self._given(kind, params["points"]))

    @api.model
    def _how_per_visit(self, params, kind):
        return self.env._("%(given)s for a purchase.", given=self._given(kind, params["points"]))

    @api.model
    def _how_percent(self, params, kind):
        return self.env._(
            "%(percent)s%% of the amount, as “%(kind)s”.",
            percent=self._plain(params["percent"]),
            kind=kind.name,
        )

    @api.model
    def _how_multiplier(self, params, kind):
        return self.env._(
            "%(factor)s times the club's basic %(points)s.",
            factor=self._plain(params["factor"]),
            points=kind.club_id.point_name,
        )

    # --- what and who ----------------------------------------------------------------

    @api.model
    def _what(self, spec, kind, names):
        what = spec["what"]
        wanted = self._goods(what, names, "")
        unwanted = self._goods(what, names, "not_")
        if wanted:
            yield self.env._("For %(goods)s.", goods=self._either(wanted))
        if unwanted:
            yield self.env._("Not for %(goods)s.", goods=self._either(unwanted))
        if float(spec["minimum_amount"]):
            yield self.env._(
                "For %(amount)s or more.", amount=self._money(kind, spec["minimum_amount"])
            )
        if float(spec["minimum_quantity"]):
            yield self.env._(
                "For %(quantity)s units or more.", quantity=self._plain(spec["minimum_quantity"])
            )

    @api.model
    def _goods(self, what, names, prefix):
        """Names of products, and of groups of them with a word for what they are."""
        products, categories, tags = (
            [names[id_, model] for id_ in what[f"{prefix}{key}"]]
            for key, model in (
                ("products", "product.template"),
                ("categories", "product.category"),
                ("tags", "product.tag"),
            )
        )
        return [
            *(f"“{name}”" for name in products),
            *(self.env._("goods of the category “%(name)s”", name=name) for name in categories),
            *(self.env._("goods tagged “%(name)s”", name=name) for name in tags),
        ]

    @api.model
    def _who(self, spec, names):
        who = spec["who"]
        if who["tiers"]:
            yield self.env._(
                "For members of the level %(tiers)s.",
                tiers=self._listed("who", "tiers", who, names),
            )
        if who["segments"]:
            yield self.env._(
                "For members of the segment %(segments)s.",
                segments=self._listed("who", "segments", who, names),
            )
        if who["not_segments"]:
            yield self.env._(
                "Not for members of the segment %(segments)s.",
                segments=self._listed("who", "not_segments", who, names),
            )
        if who["kinds"]:
            kinds = dict(
                self.env["loyalty.club.earn.rule"]
                ._fields["member_kind"]
                ._description_selection(self.env)
            )
            yield self.env._(
                "Only for members of the kind %(kinds)s.",
                kinds=self._either([f"“{kinds.get(kind, kind)}”" for kind in who["kinds"]]),
            )

    # --- where -----------------------------------------------------------------------

    @api.model
    def _where(self, spec, names):
        where = spec["where"]
        if where["branches"]:
            yield self.env._(
                "At %(branches)s.", branches=self._listed("where", "branches", where, names)
            )
        if where["channels"]:
            channels = {
                "pos": self.env._("at the till"),
                "sale": self.env._("by sales order"),
                "website": self.env._("on the website"),
            }
            yield self.env._(
                "Bought %(channels)s.",
                channels=self._either([channels.get(name, name) for name in where["channels"]]),
            )
        means = [
            *(names[id_, "pos.payment.method"] for id_ in where["methods"]),
            *(names[id_, "loyalty.club.wallet.kind"] for id_ in where["wallet_kinds"]),
        ]
        if means:
            text = (
                self.env._("Only what was paid by %(means)s counts.")
                if spec["base"] == "paid"
                else self.env._("Paid by %(means)s.")
            )
            yield text % {"means": self._either([f"“{name}”" for name in means])}
        if where["card"]:
            yield self.env._("When the membership card is shown.")

    # --- limits ----------------------------------------------------------------------

    @api.model
    def _at_most(self, spec, kind):
        texts = {
            "sale": self.env._("%(limit)s for a purchase"),
            "member_day": self.env._("%(limit)s for a member in a day"),
            "member_month": self.env._("%(limit)s for a member in a month"),
            "member_total": self.env._("%(limit)s for a member in all"),
            "rule_total": self.env._("%(limit)s for all members together"),
        }
        limits = [
            text % {"limit": self._given(kind, spec["caps"][name])}
            for name, text in texts.items()
            if spec["caps"].get(name)
        ]
        if limits:
            yield self.env._("At most %(limits)s.", limits=format_list(self.env, limits))

    @api.model
    def _with_others(self, spec):
        if spec["stacking"] == "exclusive":
            yield self.env._("Then no rule below it counts.")
        elif spec["stacking"] == "replaces_basic":
            yield self.env._("Instead of the club's basic terms.")
        if spec["group"]:
            yield self.env._(
                "Of the rules “%(group)s” only the best one counts.", group=spec["group"]
            )
        if spec["type"] not in _WHOLE or spec["rounding"] != "down":
            yield {
                "down": self.env._("Rounded down."),
                "half_up": self.env._("Rounded to the nearest."),
                "up": self.env._("Rounded up."),
            }[spec["rounding"]]

    # --- words -----------------------------------------------------------------------

    @api.model
    def _names(self, specs):
        """Names of all records that ``specs`` mention: dict of (id, model) to name."""
        wanted = {}
        for spec in specs:
            for (part, name), model in _NAMED.items():
                wanted.setdefault(model, set()).update(spec.get(part, {}).get(name, ()))
            occasions = spec.get("when", {}).get("occasions", ())
            ids = (occasion.get("occasion") for occasion in occasions)
            wanted.setdefault("loyalty.club.occasion", set()).update(filter(None, ids))
        found = {}
        for model, ids in wanted.items():
            # sudo: a rule names what it names, whoever reads it
            records = self.env[model].sudo().with_context(active_test=False).browse(sorted(ids))
            present = records.exists()
            found |= {(record.id, model): record.display_name for record in present}
            gone = self.env._("(deleted)")
            found |= {(record.id, model): gone for record in records - present}
        return found

    @api.model
    def _listed(self, part, name, ids, names):
        model = _NAMED[part, name]
        return self._either([f"“{names[id_, model]}”" for id_ in ids[name]])

    @api.model
    def _either(self, texts):
        return format_list(self.env, texts, "or")

    @api.model
    def _given(self, kind, amount):
        return kind._format(float(amount))

    @api.model
    def _money(self, kind, amount):
        return kind.club_id.with_env(self.env)._money_text(amount)

    @api.model
    def _plain(self, number):
        return self.env["loyalty.club"]._plain(float(number))
