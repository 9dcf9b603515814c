"""What the tests of this addon share."""

from odoo.tests import TransactionCase

PERSIAN = {"lang": "fa_IR", "tz": "Asia/Tehran"}


class JalaliCase(TransactionCase):
    """A database in which somebody reads Persian and somebody English."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fa_IR")
        cls.persian = cls.env(context=dict(cls.env.context, **PERSIAN))
        cls.english = cls.env(context=dict(cls.env.context, lang="en_US", tz="Asia/Tehran"))
