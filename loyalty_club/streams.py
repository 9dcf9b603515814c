"""Reading more rows than fit into memory."""

from odoo.tools import SQL

# Rows that are in memory at once.
CHUNK = 10_000


def rows_in_chunks(cr, query, size=CHUNK):
    """Run a query and fetch its rows as they are wanted, all of one snapshot.

    One stream at a time per transaction.

    :param query: a SELECT, as :class:`odoo.tools.SQL`.
    :param size: most rows in a chunk.
    :returns: generator of non-empty lists of rows.
    """
    cr.execute(SQL("DECLARE loyalty_club_stream NO SCROLL CURSOR FOR %s", query))
    fetch = SQL("FETCH %s FROM loyalty_club_stream", size)
    try:
        while True:
            cr.execute(fetch)
            rows = cr.fetchall()
            if not rows:
                break
            yield rows
    finally:
        cr.execute("CLOSE loyalty_club_stream")
