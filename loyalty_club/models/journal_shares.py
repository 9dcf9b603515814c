"""How one pass over the journal is divided among the processes that a database has.

PostgreSQL runs a statement in several processes by itself, but not one that takes rows in their
order, writes, or names an interim result twice: so most of the work on a million members would be
done by one of them. Here a club's members are divided into shares of about as much work, there
is a statement for each, and a function hides from the planner what it would not divide.
"""

from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

# Into how many shares members are divided at most: several for each process, so that none waits
# long for another one.
_SHARES = 16
# How many percent of the journal say where a share ends, and how many rows these have at least: to
# start processes takes longer than the work on fewer.
_SAMPLE = 1
_LEAST = 2000
# A member is about as much work as so many purchases.
_MEMBER = 5
# How many members to count anew a share has at least.
_LEAST_IDS = 2000
_HIGHEST = 2**31 - 1


class Share(NamedTuple):
    """Some members of a club, or all: from one id up to another, or those of some ids."""

    first: int | None = None
    last: int | None = None
    ids: tuple | None = None

    def rows(self, table, column):
        """What stands behind FROM for the rows of ``table`` whose ``column`` is of the share."""
        names = {"table": SQL.identifier(table), "column": SQL.identifier(table, column)}
        if self.ids is not None:
            return SQL(
                "(SELECT %(table)s.ctid, %(table)s.* FROM unnest(%(ids)s::int[]) AS t(id)"
                " JOIN %(table)s ON %(column)s = t.id)",
                ids=list(self.ids),
                **names,
            )
        if self.first is None:
            return names["table"]
        return SQL(
            "(SELECT ctid, * FROM %(table)s WHERE %(within)s)", within=self.has(column), **names
        )

    def has(self, column):
        """That the member in ``column`` (SQL, or the name of a column) is of the share."""
        column = SQL.identifier(column) if isinstance(column, str) else column
        if self.ids is not None:
            return SQL("%s = ANY(%s)", column, list(self.ids))
        if self.first is None:
            return SQL("%s IS NOT NULL", column)
        return SQL("%s BETWEEN %s AND %s", column, self.first, self.last)


class LoyaltyClubPurchase(models.Model):
    """The journal is read in shares."""

    _inherit = "loyalty.club.purchase"

    def init(self):
        result = super().init()
        # The planner takes it for expensive, so that it uses other processes for it.
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION loyalty_club_rows(query text) RETURNS SETOF record AS $body$
            BEGIN
                RETURN QUERY EXECUTE query;
            END
            $body$ LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10000000 ROWS 10000
            """
        )
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _shares(self, club, ids=None):
        """The members of ``club`` (loyalty.club), or those of ``ids``, as a list of shares.

        A small club is one. So is one that has few of the members there are: its purchases are
        found by their date.
        """
        if ids is not None:
            ids = sorted(ids)
            size = max(_LEAST_IDS, -(-len(ids) // _SHARES))
            return [Share(ids=tuple(ids[at : at + size])) for at in range(0, len(ids) or 1, size)]
        if not self._is_most_of_all(club):
            return [Share()]
        ends = self._ends_of_shares()
        starts = [0, *(end + 1 for end in ends)]
        return [Share(*pair) for pair in zip(starts, [*ends, _HIGHEST], strict=True)]

    @api.model
    def _is_most_of_all(self, club):
        """Whether half of all members, so most of the purchases, are of ``club``.

        A member's purchases are all of her club, and whoever is counted is of this club: to leave
        out the others' rows only saves work, and costs the index that has all else.
        """
        return self.env.execute_query(
            SQL(
                "SELECT 2 * COUNT(*) FILTER (WHERE club_id = %s) >= COUNT(*)"
                " FROM loyalty_club_member",
                club.id,
            )
        )[0][0]

    @api.model
    def _ends_of_shares(self):
        """The last member of each share but the last, so that all are about as much work."""
        ends, sampled = self.env.execute_query(
            SQL(
                "SELECT percentile_disc(%s::float8[]) WITHIN GROUP (ORDER BY member_id), COUNT(*)"
                " FROM (SELECT member_id FROM loyalty_club_purchase TABLESAMPLE SYSTEM (%s)"
                "        WHERE member_id IS NOT NULL UNION ALL"
                "       SELECT id FROM loyalty_club_member TABLESAMPLE SYSTEM (%s)) AS work",
                [number / _SHARES for number in range(1, _SHARES)],
                _SAMPLE,
                _SAMPLE * _MEMBER,
            )
        )[0]
        return sorted(set(ends)) if sampled > _LEAST else []

    @api.model
    def _united(self, queries, columns):
        """What stands behind FROM for the rows of all ``queries``, one for each share.

        :param queries: list of SELECT (SQL) that only read, and no temporary tables.
        :param columns: dict of the names of what they select to its types.
        """
        if len(queries) == 1:
            return SQL("(%s)", queries[0])
        types = SQL(", ").join(
            SQL("%s %s", SQL.identifier(name), SQL(kind)) for name, kind in columns.items()
        )
        texts = [self.env.cr.mogrify(query).decode() for query in queries]
        return SQL("(%s)", SQL(" UNION ALL ").join(
            SQL("SELECT * FROM loyalty_club_rows(%s) AS rows (%s)", text, types) for text in texts
        ))  # fmt: skip
