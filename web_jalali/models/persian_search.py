"""What people search for in the web client, however its letters and digits were typed.

Texts are stored as they came: from Persian keyboards, from Arabic ones, from old programs.
"""

import re

from odoo import api, models
from odoo.fields import Domain

from ..tools import jalali

# Letters and digits that may be stored otherwise than they are typed.
_DOUBTFUL = re.compile("[يىكیکۀ\u0640۰-۹٠-٩]")
_OPERATORS = ("ilike", "=ilike")


class Base(models.AbstractModel):
    """The web client's searches."""

    _inherit = "base"

    @api.model
    @api.readonly
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Find records by any spelling of a name."""
        found = super().name_search(name, domain, operator, limit)
        if operator not in _OPERATORS or not name or not _DOUBTFUL.search(name):
            return found
        by_id = dict(found)
        for spelling in jalali.spellings(name)[1:]:
            if limit and len(by_id) >= limit:
                break
            for id_, shown in super().name_search(spelling, domain, operator, limit):
                by_id.setdefault(id_, shown)
        return list(by_id.items())[:limit]

    @api.model
    @api.readonly
    def web_search_read(self, domain, *args, **kwargs):
        """Find records by any spelling of what was typed."""
        return super().web_search_read(_any_spelling(domain), *args, **kwargs)

    @api.model
    @api.readonly
    def search_count(self, domain, limit=None):
        """Count records by any spelling of what was typed."""
        return super().search_count(_any_spelling(domain), limit)

    @api.model
    @api.readonly
    def web_read_group(self, domain, *args, **kwargs):
        """Group records by any spelling of what was typed."""
        return super().web_read_group(_any_spelling(domain), *args, **kwargs)

    @api.model
    @api.readonly
    def formatted_read_group(self, domain, *args, **kwargs):
        """Group records by any spelling of what was typed."""
        return super().formatted_read_group(_any_spelling(domain), *args, **kwargs)

    @api.model
    @api.readonly
    def formatted_read_grouping_sets(self, domain, *args, **kwargs):
        """Group records by any spelling of what was typed."""
        return super().formatted_read_grouping_sets(_any_spelling(domain), *args, **kwargs)

    @api.model
    @api.readonly
    def read_progress_bar(self, domain, *args, **kwargs):
        """Count records by any spelling of what was typed."""
        return super().read_progress_bar(_any_spelling(domain), *args, **kwargs)


def _any_spelling(domain):
    """``domain`` with every spelling of the texts in it; itself when there is only one."""
    if not _DOUBTFUL.search(repr(domain)):
        return domain
    return Domain(domain).map_conditions(_spelt)


def _spelt(condition):
    text, operator = condition.value, condition.operator
    if operator.removeprefix("not ") not in _OPERATORS or not isinstance(text, str):
        return condition
    joined = Domain.AND if operator.startswith("not ") else Domain.OR
    return joined(
        Domain(condition.field_expr, operator, spelling) for spelling in jalali.spellings(text)
    )
