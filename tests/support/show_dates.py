"""In Odoo's shell: prints dates as a process shows them that loaded web_jalali for others."""

import importlib
import json

from odoo.tools import format_date, format_datetime

# As if another database of this process had it installed.
importlib.import_module("odoo.addons.web_jalali")

env["res.lang"]._activate_lang("fa_IR")
persian = env(context={"lang": "fa_IR", "tz": "UTC"})
shown = [
    format_date(persian, "2026-11-22"),
    format_datetime(persian, "2026-11-22 10:00:00", tz="UTC"),
    persian["ir.qweb.field.datetime"].value_to_html("2026-11-22 10:00:00", {}),
]
print("shown:", json.dumps(shown))  # noqa: T201 - the test reads it
env.cr.rollback()
