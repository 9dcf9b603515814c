"""A till in a real browser."""

from odoo import Command
from odoo.tests import HttpCase, new_test_user

from .common import ClubCommon


class TillBrowserCommon(ClubCommon, HttpCase):
    """One till of the test shop, seen through a browser by a cashier without club rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["pos.category"].create({"name": "Test goods"})
        cls.tea.pos_categ_ids = cls.category
        cls.till.write(
            {
                "limit_categories": True,
                "iface_available_categ_ids": [Command.set(cls.category.ids)],
            }
        )
        cls.env["res.partner"].create({"name": "Stranger"})
        new_test_user(cls.env, "till_user", groups="base.group_user,point_of_sale.group_pos_user")

    def cashier_does(self, tour, **cookies):
        """Let a cashier go through a tour at the test till.

        :param cookies: what the tour has to know.
        """
        cookies = {"club_member": self.member.number, **cookies}
        self.start_tour(f"/pos/ui/{self.till.id}", tour, login="till_user", cookies=cookies)
        self.env.invalidate_all()
