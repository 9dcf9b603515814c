"""The day it is for a company: limits and expiries follow the shop's wall clock, whatever
time zone the user or the server has."""

from odoo import fields


def zone_of(company):
    """Name of the time zone of ``company`` (res.company): its contact's, or the user's."""
    return company.partner_id.tz or company.env.user.tz or "UTC"


def today_in(company):
    """The date now in the time zone of ``company``."""
    return fields.Date.context_today(company.with_context(tz=zone_of(company)))
