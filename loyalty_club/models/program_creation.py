"""Making the stock programs through which tills and web shops see what a club keeps."""

from odoo import Command, api, models

from .loyalty_program import PROGRAM_TYPES


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    @api.model
    def _club_create_points_program(self, club):
        """Make the managed program through which a club's points are redeemed."""
        if not club.program_id:
            club.program_id = self._club_create_program(
                club.points_kind_id,
                "loyalty",
                # The till attaches a card only to programs with a rule. What is earned is
                # decided by the server from the club's terms.
                rule={"reward_point_mode": "money", "reward_point_amount": 1.0},
                reward={
                    "discount": club.point_value,
                    "description": club._default_names()["reward"],
                },
                name=club.name,
                portal_point_name=club.point_name,
            )
        return club.program_id

    @api.model
    def _club_create_stored_value_program(self, kind, sold=None):
        """Make the managed program of a kind of credit, cashback or gift cards, with the
        product that sells it and, for gift cards, the e-mail and print that go with them.

        Cashback is not sold: its product is there because stock would take any product for
        one that tops it up, and is offered nowhere.

        :param sold: whether tills and shops offer it; None: unless it is cashback.
        """
        sold = kind.type != "cashback" if sold is None else sold
        # sudo: as in _club_create_program
        product = (
            self.env["product.product"]
            .sudo()
            .create(
                {
                    "name": kind.name,
                    "type": "service",
                    "list_price": 50,
                    "sale_ok": sold,
                    "available_in_pos": sold,
                    "taxes_id": [Command.clear()],
                    "company_id": kind.company_id.id,
                }
            )
        )
        values = {"name": kind.name, "portal_point_name": kind.currency_id.symbol}
        if kind.type == "gift_card":
            values["communication_plan_ids"] = [
                Command.create(
                    {
                        "trigger": "create",
                        "mail_template_id": self.env.ref("loyalty.mail_template_gift_card").id,
                        "pos_report_print_id": self.env.ref("loyalty.report_gift_card").id,
                    }
                )
            ]
        rule = {
            "reward_point_mode": "money",
            "reward_point_amount": 1.0,
            "reward_point_split": kind.bearer,
            "product_ids": [Command.set(product.ids)],
        }
        reward = {"discount": 1, "description": kind.name}
        return self._club_create_program(
            kind, PROGRAM_TYPES[kind.type], rule=rule, reward=reward, **values
        )

    @api.model
    def _club_create_program(self, kind, program_type, rule, reward, **values):
        """A managed program whose points are money each, as ``reward`` says."""
        reward = {
            "reward_type": "discount",
            "discount_mode": "per_point",
            "discount_applicability": "order",
            "required_points": 1,
            **reward,
        }
        # sudo: setting up the club is its manager's right; programs belong to sales
        return self.sudo().create(
            {
                "program_type": program_type,
                "applies_on": "future",
                "trigger": "auto",
                "company_id": kind.company_id.id,
                "currency_id": (kind.currency_id or kind.club_id.currency_id).id,
                "club_wallet_kind_id": kind.id,
                "portal_visible": True,
                "rule_ids": [Command.create(rule)],
                "reward_ids": [Command.create(reward)],
                "communication_plan_ids": [],
                **values,
            }
        )
