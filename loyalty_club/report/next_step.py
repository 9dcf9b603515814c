"""What members may reach next, as a report keeps it: one row for each who is on the way.

Shows it on the member, and searches members by it.
"""

from odoo.fields import Domain

from ..finding import column_of, found_in


def show(members, model, columns):
    """Fill fields of ``members`` from their rows; without a row they are empty.

    :param model: name of the report.
    :param columns: dict of a field of the member to the one of the report.
    """
    rows = members.env[model].search_fetch(
        [("member_id", "in", members._origin.ids)], ["member_id", *columns.values()]
    )
    by_member = rows.grouped("member_id")
    for member in members:
        row = by_member.get(member._origin, rows.browse())
        for name, column in columns.items():
            member[name] = row[column]


def search(env, model, column, operator, value):
    """Members whose row compares so; a record that is looked for as False: who has no row."""
    if operator.startswith("not "):
        return NotImplemented

    def having(operator, value):
        rows = env[model]._search(Domain(column, operator, value))
        return found_in(column_of(rows, "member_id"))

    if env[model]._fields[column].relational and operator == "in" and False in value:
        found = ~having("!=", False)
        rest = [item for item in value if item]
        return found | having("in", rest) if rest else found
    return having(operator, value)
