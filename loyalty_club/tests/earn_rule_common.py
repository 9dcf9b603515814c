"""Words for the tests of earning rules: rules of the test club, drafts and in force."""

from odoo.tests import new_test_user

from .ledger_common import LedgerCommon


class EarnRuleCommon(LedgerCommon):
    """The test club with a marketer and a manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer, cls.manager = (
            new_test_user(cls.env, f"earn_{name}", groups=f"loyalty_club.group_{name}")
            for name in ("marketer", "manager")
        )

    @classmethod
    def rule(cls, **values):
        """A draft: 5 points for each purchase, unless something else is said."""
        return cls.env["loyalty.club.earn.rule"].create(
            {
                "name": "Test rule",
                "club_id": cls.club.id,
                "type": "per_visit",
                "points": 5,
                **values,
            }
        )

    @classmethod
    def active(cls, **values):
        """A rule in force."""
        rule = cls.rule(**values)
        rule.action_activate()
        return rule
