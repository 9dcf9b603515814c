"""What happens once when the addon is installed."""


def post_init_hook(env):
    """Bring the invoices of earlier sales orders into the purchase journal of every club."""
    Purchase = env["loyalty.club.purchase"]
    for club in env["loyalty.club"].with_context(active_test=False).search([]):
        Purchase._record_sale(club=club)
