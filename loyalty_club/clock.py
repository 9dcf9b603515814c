"""The day it is for a company: limits and expiries follow the shop's wall clock, whatever
time zone the user or the server has."""

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import fields


def zone_of(company):
    """Name of the time zone of ``company`` (res.company): its contact's, or the user's."""
    zone = company._club_place().zone or company.env["res.users"].context_get().get("tz")
    return zone or "UTC"


def today_in(company):
    """The date now in the time zone of ``company``."""
    return fields.Date.context_today(company.with_context(tz=zone_of(company)))


def start_of(company):
    """The moment (naive, UTC) at which today began for ``company``."""
    zone = ZoneInfo(zone_of(company))
    midnight = datetime.combine(today_in(company), time.min, zone)
    return midnight.astimezone(timezone.utc).replace(tzinfo=None)


def end_of(company, day):
    """The moment at which ``day`` is over for ``company``: UTC, without zone, exclusive."""
    midnight = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone_of(company)))
    return midnight.astimezone(timezone.utc).replace(tzinfo=None)


def clock_at(moment, zone):
    """What a wall clock in ``zone`` (its name) shows at ``moment`` (naive, UTC): naive as well."""
    return moment.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def day_at(moment, zone):
    """The date at ``moment`` (naive, UTC) on a wall clock in ``zone`` (its name)."""
    return clock_at(moment, zone).date()
