"""Jalali dates from `odoo.tools.format_date` and `format_datetime`, and what installing does.

Tens of Odoo's modules import both functions by value, so another function under the same name
would come too late for them: the function objects stay, their code is replaced. Whether a date
is Jalali is decided by the database and the language of each call: databases without this addon
that share the process, and users of other languages, get what Odoo gives.
"""

import datetime
import types

import pytz

from odoo.fields import Datetime
from odoo.tools import misc
from odoo.tools.misc import babel_locale_parse, get_lang, posix_to_ldml

from .tools import jalali

LANGUAGE = "fa_IR"
#: The model by which a registry shows that this addon is installed in its database.
MARK = "web_jalali.calendar"
# Odoo's own functions, by name.
_stock = {}


def _enter_date(env, value, lang_code=None, date_format=False):
    # It runs among the names of odoo.tools.misc.
    from odoo.addons.web_jalali import hooks  # pylint: disable=odoo-addons-relative-import

    return hooks.format_date(env, value, lang_code, date_format)


def _enter_datetime(env, value, tz=False, dt_format="medium", lang_code=None):
    # It runs among the names of odoo.tools.misc.
    from odoo.addons.web_jalali import hooks  # pylint: disable=odoo-addons-relative-import

    return hooks.format_datetime(env, value, tz, dt_format, lang_code)


def install():
    """Let Odoo's formatting functions ask here first; does nothing the second time.

    :raise RuntimeError: when one of them takes other arguments than the one replaced here
    """
    for name, enter in (("format_date", _enter_date), ("format_datetime", _enter_datetime)):
        function = getattr(misc, name)
        if _signature(function) != _signature(enter):
            raise RuntimeError(
                f"odoo.tools.{name} takes {_signature(function)}, web_jalali knows"
                f" {_signature(enter)}: adapt web_jalali/hooks.py to this version of Odoo."
            )
        if name in _stock:
            continue
        _stock[name] = types.FunctionType(
            function.__code__, function.__globals__, name, function.__defaults__
        )
        function.__code__ = enter.__code__


def _signature(function):
    """Names and defaults of the arguments."""
    code = function.__code__
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount], function.__defaults__


def uses_jalali(env, lang_code=None):
    """Whether texts in this language, by default the one of `env`, have Jalali dates."""
    return MARK in env.registry and get_lang(env, lang_code).code == LANGUAGE


def format_date(env, value, lang_code=None, date_format=False):
    """What :func:`odoo.tools.format_date` gives."""
    if value and uses_jalali(env, lang_code) and not jalali.is_machine_pattern(date_format):
        day = _day(env, value)
        if day and jalali.covers(day):
            return jalali.format_date(day, date_format or language_pattern(env, "date"))
    return _stock["format_date"](env, value, lang_code, date_format)


def _day(env, value):
    """The day of a value, a moment without a zone being UTC; None for no date."""
    if isinstance(value, str):
        if len(value) < misc.DATE_LENGTH:
            return None
        if len(value) == misc.DATE_LENGTH:
            return Datetime.from_string(value).date()
        value = Datetime.from_string(value)
    if isinstance(value, datetime.datetime) and not value.tzinfo:
        value = Datetime.context_timestamp(env["res.lang"], value)
    return jalali.day_of(value)


def format_datetime(env, value, tz=False, dt_format="medium", lang_code=None):
    """What :func:`odoo.tools.format_datetime` gives."""
    if value and uses_jalali(env, lang_code) and not jalali.is_machine_pattern(dt_format):
        moment = _local(Datetime.to_datetime(value), tz or env.user.tz or "UTC")
        if jalali.covers(moment):
            if not dt_format or dt_format == "medium":
                dt_format = language_pattern(env, "datetime")
            return jalali.format_datetime(moment, dt_format)
    return _stock["format_datetime"](env, value, tz, dt_format, lang_code)


def _local(moment, zone):
    moment = pytz.utc.localize(moment, is_dst=False)
    try:
        return moment.astimezone(pytz.timezone(zone))
    except pytz.UnknownTimeZoneError:
        return moment


def language_pattern(env, kind):
    """The LDML pattern that the Persian language has for `date`, `time` or `datetime`."""
    lang = get_lang(env, LANGUAGE)
    parts = {"date": (lang.date_format,), "time": (lang.time_format,)}
    posix = " ".join(parts.get(kind) or (lang.date_format, lang.time_format))
    return posix_to_ldml(posix, locale=babel_locale_parse(LANGUAGE))


def post_init_hook(env):
    """Let the Iranian rial be counted in whole rials, if nothing was counted in it yet."""
    env["res.currency"]._jalali_set_up_rial()


def uninstall_hook(env):
    """Take the SQL functions away with the addon."""
    env[MARK]._drop_functions()
