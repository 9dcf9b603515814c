"""Runs in an Odoo shell on the demo database: members enough to make every screen show something.

The addon's own demo data makes the club, its shops and its users; here come 2,357 real customers'
purchases, through the import that users have.
"""

import sys

from odoo.addons.loyalty_club.demo import cdnow

env = globals()["env"]  # the shell's
club = env.ref("loyalty_club.club_demo")
report = cdnow.load(env, club)
env["loyalty.club.rfm.history"]._renote_months(club)
# Stock's own points program would stand beside the club's at the till.
stock = env["loyalty.program"].search(
    [("program_type", "=", "loyalty"), ("club_wallet_kind_id", "=", False)]
)
stock.active = False
env.cr.commit()
sys.stdout.write(f"{dict(report.counts)}\n")
