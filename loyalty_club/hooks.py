"""What happens once when the addon is installed or removed."""


def post_init_hook(env):
    """Give the first company a club, so that a retailer can begin at once."""
    company = env.ref("base.main_company")
    Club = env["loyalty.club"]
    if not Club.search_count([("company_id", "=", company.id)], limit=1):
        Club.create({"name": Club._default_names()["club"], "company_id": company.id})


def uninstall_hook(env):
    """Leave no trigger functions behind."""
    for table in ("loyalty_club_entry", "loyalty_club_allocation", "loyalty_club_purchase"):
        env.cr.execute(f"DROP FUNCTION IF EXISTS {table}_frozen() CASCADE")
