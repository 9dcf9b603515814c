"""Words for the tests of rights: who there is, what can be called, and what the matrix says.

The matrix is ``access_matrix.csv``: a row for each model, public method and route of the
module, a column for each kind of user. In a model's row a cell holds the letters of what
the user may do (r read, w write, c create, d delete); in a method's row it says yes or no; a
route's row has only its ``auth``, in the column ``needs``. There a method's row names
the arguments, as JSON.
"""

import csv
import inspect
import json
from pathlib import Path

from odoo import Command, models
from odoo.exceptions import AccessError, UserError
from odoo.http import _generate_routing_rules
from odoo.service.model import call_kw
from odoo.tests import new_test_user

from .common import ClubCommon

MODULE = "loyalty_club"
MATRIX = Path(__file__).with_name("access_matrix.csv")
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}
GROUPS = {
    "public": "base.group_public",
    "portal": "base.group_portal",
    "internal": "base.group_user",
    "cashier": "loyalty_club.group_user,point_of_sale.group_pos_user",
    "marketer": "loyalty_club.group_marketer",
    "manager": "loyalty_club.group_manager",
    "auditor": "loyalty_club.group_auditor",
}
CLUB_GROUPS = ("cashier", "marketer", "manager", "auditor")


def matrix(kind):
    """Rows of one kind (``model``, ``method``, ``route``) by name."""
    with MATRIX.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["kind"] == kind]
    found = {row["name"]: row for row in rows}
    if len(found) < len(rows):
        raise ValueError(f"{MATRIX.name} names a {kind} twice")
    return found


class AccessCommon(ClubCommon):
    """The test club with a user of each kind, and something in every table."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            name: new_test_user(cls.env, f"club_{name}_of_matrix", groups=groups)
            for name, groups in GROUPS.items()
        }
        cls.users["manager"].group_ids = [
            Command.link(cls.env.ref("base.group_partner_manager").id)
        ]

    def fill(self):
        """A sale that spends, and its return; RFM values, an audit, and a message that failed."""
        card = self.give_points(50)
        order = self.sell([self.line(qty=2), self.reward_line(card, 20)], self.member.partner_id)
        self.sync(self.payload([self.return_line(order.lines[0])], self.member.partner_id))
        self.env["loyalty.club.rfm"]._rebuild(self.club)
        self.env["loyalty.club.audit"]._cron_audit()
        self.env["loyalty.club.outbox"]._queue_new_card(card).state = "failed"
        self.env.flush_all()
        return order

    # --- what there is ---------------------------------------------------------------

    def our_models(self):
        """Names of the models that the module makes, abstract ones left out."""
        return {
            name
            for name, model in self.env.registry.items()
            if model._original_module == MODULE and not model._abstract
        }

    def our_methods(self):
        """Methods that RPC can call and whose code is ours, as ``model.method``."""
        found = set()
        for name, model in self.env.registry.items():
            for part in model.__mro__:
                if part.__module__.startswith(f"odoo.addons.{MODULE}."):
                    found |= {
                        f"{name}.{method}" for method in vars(part) if self._public(part, method)
                    }
        return found

    def _public(self, part, method):
        return (
            not method.startswith("_")
            and inspect.isroutine(getattr(part, method))
            and not hasattr(models.BaseModel, method)
            and not getattr(getattr(part, method), "_api_private", False)
        )

    def our_routes(self):
        """Addresses that our controllers answer, with the ``auth`` they ask for."""
        installed = self.env["ir.module.module"]._installed()
        return {
            url: endpoint.routing["auth"]
            for url, endpoint in _generate_routing_rules(sorted(installed), nodb_only=False)
            if endpoint.func.__module__.startswith(f"odoo.addons.{MODULE}.")
        }

    # --- as a client does it ---------------------------------------------------------

    def rpc(self, user, model, method, *args, **kwargs):
        """Call a method as an RPC client of ``user`` does."""
        return call_kw(self.env[model].with_user(user), method, list(args), kwargs)

    def allowed(self, user, record, method, arguments):
        """Whether ``user`` may call ``method``; what the call did is undone.

        Refusals of the business (UserError) count as allowed.
        """
        args = json.loads(arguments) if arguments else []
        function = getattr(type(record), method)
        if not getattr(function, "_api_model", False):
            args = [record.ids, *args]
        self.env.flush_all()
        self.env.invalidate_all()  # what others have read must not lend rights
        with self.env.cr.savepoint() as savepoint:
            try:
                self.rpc(user, record._name, method, *args)
            except AccessError:
                return False
            except UserError:
                return True
            else:
                return True
            finally:
                savepoint.rollback()
                self.env.invalidate_all()
