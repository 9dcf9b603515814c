"""Words for the tests of the earning engine: goods, and what rules gave for an order."""

from .earn_rule_common import EarnRuleCommon


class EarnEngineCommon(EarnRuleCommon):
    """Tea for 100 is a hot drink, and so a drink; bread for 40 is none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Category = cls.env["product.category"]
        cls.drinks = Category.create({"name": "Drinks"})
        cls.hot = Category.create({"name": "Hot", "parent_id": cls.drinks.id})
        cls.tea.categ_id = cls.hot
        cls.bread = cls.product("Bread", 40.0)
        cls.partner = cls.member.partner_id
        cls.friends = cls.env["loyalty.club.segment"].create(
            {"name": "Friends", "club_id": cls.club.id, "kind": "manual", "domain": False}
        )

    def awards(self, order):
        """What rules gave for an order, in all: dict of the rule's name to the sum."""
        self.env.invalidate_all()
        found = {}
        for award in self.entries(order).award_ids:
            name = award._source_name()
            found[name] = found.get(name, 0) + award.amount
        return found

    def entries(self, order):
        return self.env["loyalty.club.entry"].search(
            [
                ("origin_model", "=", "pos.order"),
                ("origin_id", "=", order.id),
                ("kind", "=", "earn"),
            ]
        )

    def assertKept(self, order, points):
        """What is left of what the order earned is ``points``, and its rules say the same."""
        self.env.invalidate_all()
        entry = self.entries(order).filtered(lambda entry: entry.kind_id.type == "points")
        self.assertEqual(self.env["loyalty.club.debt"]._net(entry), points)
        self.assertEqual(sum(entry.award_ids.mapped("amount")), points)
        self.assertLedgerSound()
