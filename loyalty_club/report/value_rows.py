"""What one unit of each kind of value is worth today, as rows for a report's query."""

from odoo.tools import SQL

from ..clock import today_in


def unit_values(env):
    """Rows (id of the kind of value, money per unit in its company's currency) as SQL.

    The query is ``SELECT … FROM <this> AS worth(kind_id, value)``.
    """
    # sudo: all kinds; record rules choose the rows of the report
    kinds = env["loyalty.club.wallet.kind"].sudo().with_context(active_test=False).search([])
    rows = [SQL("(0, 0::numeric)")]
    rows += [
        SQL("(%s, %s::numeric)", kind.id, str(kind._unit_value(today_in(kind.company_id))))
        for kind in kinds
    ]
    return SQL("(VALUES %s)", SQL(", ").join(rows))
