"""What happens once when the addon is installed or removed."""

from odoo.tools import SQL


def post_init_hook(env):
    """Give the first company a club, so that a retailer can begin at once."""
    company = env.ref("base.main_company")
    Club = env["loyalty.club"]
    if not Club.search_count([("company_id", "=", company.id)], limit=1):
        Club.create({"name": Club._default_names()["club"], "company_id": company.id})


def uninstall_hook(env):
    """Leave no trigger functions behind."""
    env.cr.execute(
        "SELECT proname FROM pg_proc"
        " WHERE proname LIKE 'loyalty\\_club\\_%%\\_frozen' AND pronargs = 0"
    )
    for (name,) in env.cr.fetchall():
        env.cr.execute(SQL("DROP FUNCTION IF EXISTS %s() CASCADE", SQL.identifier(name)))
