from odoo.tests import TransactionCase, tagged

from .ledger_machine import run
from .ledger_world import World


@tagged("post_install", "-at_install")
class TestLedgerModel(TransactionCase):
    """Whatever is asked of the ledger, in whatever order: it does what its specification says.

    The same examples every time; others, many more, and faults planted in the ledger are the
    business of the harness in ``tests/fault``.
    """

    def test_ledger_does_what_the_reference_does(self):
        machine, error = run(World(self.env), steps=600)

        if error:
            raise error
        self.assertGreater(machine.steps, 300)
