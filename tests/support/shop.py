"""A shop in a database: what tills, cashiers and customers need before anything is sold.

Runs inside Odoo (its shell, or a benchmark's environment) and hands out plain data that can
leave it: ids and prices.
"""


class Shop:
    """Makes tills and what they sell, in the main company."""

    def __init__(self, env):
        self.env = env(context={**env.context, "tracking_disable": True, "no_reset_password": True})
        self.company = self.env.ref("base.main_company")
        self.payment_method = self.env["pos.payment.method"].create(
            {
                "name": "Card machine",
                "journal_id": self.env["account.journal"]
                .search([("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1)
                .id,
            }
        )

    def set_sample_terms_aside(self):
        """What the sample data give on top of the club's basic terms, nobody reckons with."""
        self.env["loyalty.club.earn.rule"].search([("state", "=", "active")]).action_stop()
        self.env["loyalty.club.tier"].search([]).earn_multiplier = 1
        self.env["loyalty.club.stamp.program"].search([]).active = False

    def cashier(self, login, groups):
        """A user of those groups (external ids) whose password is the login."""
        return self.env["res.users"].create(
            {
                "name": login,
                "login": login,
                "password": login,
                "group_ids": [(6, 0, [self.env.ref(name).id for name in groups])],
            }
        )

    def portal_user(self, login, partner):
        """A customer who can sign in; the password is the login."""
        return self.env["res.users"].create(
            {
                "name": partner.name,
                "login": login,
                "password": login,
                "partner_id": partner.id,
                "group_ids": [(6, 0, [self.env.ref("base.group_portal").id])],
            }
        )

    def till(self, name, cashier, **values):
        """A till, open, with the cashier who sells there."""
        config = self.env["pos.config"].create(
            {"name": name, "payment_method_ids": [(6, 0, self.payment_method.ids)], **values}
        )
        config.with_user(self.env.ref("base.user_admin")).open_ui()
        session = config.current_session_id
        session.action_pos_session_open()
        # As most shops have it, and the lighter of the two: stock moves when the till closes.
        session.update_stock_at_closing = True
        return {
            "config_id": config.id,
            "session_id": session.id,
            "company_id": self.company.id,
            "pricelist_id": config.pricelist_id.id,
            "payment_method_id": self.payment_method.id,
            "user_id": cashier.id,
            "login": cashier.login,
        }

    def product(self, name, price):
        """A product sold at tills, without tax."""
        product = self.env["product.product"].create(
            {
                "name": name,
                "list_price": price,
                "available_in_pos": True,
                "taxes_id": [(5, 0, 0)],
            }
        )
        return {"id": product.id, "price": price}

    def customers(self, name, count):
        """Contacts, ``count`` of them."""
        return self.env["res.partner"].create(
            [{"name": f"{name} {number}"} for number in range(1, count + 1)]
        )

    def points_program(self, name, per_amount, point_value):
        """Stock's own points program: a point per ``per_amount``, worth ``point_value``."""
        return self.env["loyalty.program"].create(
            {
                "name": name,
                "program_type": "loyalty",
                "trigger": "auto",
                "applies_on": "both",
                "rule_ids": [
                    (5, 0, 0),
                    (
                        0,
                        0,
                        {"reward_point_mode": "money", "reward_point_amount": 1.0 / per_amount},
                    ),
                ],
                "reward_ids": [
                    (5, 0, 0),
                    (
                        0,
                        0,
                        {
                            "reward_type": "discount",
                            "discount_mode": "per_point",
                            "discount": point_value,
                            "discount_applicability": "order",
                            "required_points": 1,
                        },
                    ),
                ],
            }
        )

    def reward(self, program):
        """A program's reward as data."""
        reward = program.reward_ids[:1]
        return {
            "id": reward.id,
            "program_id": program.id,
            "product_id": reward.discount_line_product_id.id,
            "point_value": reward.discount,
        }
