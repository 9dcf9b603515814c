"""Runs in an Odoo shell: the ledger's own check of itself."""

import sys

result = env["loyalty.club.wallet"]._audit_report()
sys.stdout.write(f"{result['text']}\n")
sys.exit(0 if result["ok"] else 1)
