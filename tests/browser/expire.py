"""Runs in an Odoo shell: let go what nobody captured in time, as the cron does."""

env["loyalty.club.hold"]._cron_expire()
