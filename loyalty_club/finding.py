"""Searches that look into other tables, in the one form that stays fast for a million records."""

from odoo.fields import Domain
from odoo.tools import SQL


def found_in(select, column="id"):
    """The records that a SELECT names, as a domain.

    ``IN`` and above all ``NOT IN`` compare every record with every row as soon as the rows no
    longer fit into the memory that a query may use. ``EXISTS`` becomes a join, or a look at
    an index.

    :param select: SQL, a SELECT of one column of ids.
    :param column: stored column of the searched model that must be among them.
    """

    def to_sql(_model, alias, _query):
        return SQL(
            "EXISTS (SELECT FROM (%s) AS found(id) WHERE found.id = %s)",
            select,
            SQL.identifier(alias, column),
        )

    return Domain.custom(to_sql=to_sql)


def column_of(query, name):
    """What a query (:meth:`_search`) finds, by the values of its column ``name``: a SELECT."""
    return query.select(SQL.identifier(query.table, name))
