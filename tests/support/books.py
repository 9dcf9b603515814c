"""The club's tables as they are, read beside a running server and past all of its code."""

import psycopg2

MONEY_TABLES = (
    "loyalty_club_wallet",
    "loyalty_club_entry",
    "loyalty_club_lot",
    "loyalty_club_allocation",
    "loyalty_club_purchase",
    "loyalty_card",
    "loyalty_history",
)


class Books:
    """Reads committed facts; each question sees the moment in which it is asked."""

    def __init__(self, connect_kwargs):
        self.connection = psycopg2.connect(**connect_kwargs)
        self.connection.set_session(readonly=True, autocommit=True)

    def close(self):
        """End the connection."""
        self.connection.close()

    def rows(self, query, *parameters):
        """All rows."""
        with self.connection.cursor() as cursor:
            cursor.execute(query, parameters)
            return cursor.fetchall()

    def column(self, query, *parameters):
        """The first column of all rows."""
        return [row[0] for row in self.rows(query, *parameters)]

    def value(self, query, *parameters):
        """The one value asked for."""
        (value,) = self.column(query, *parameters)
        return value

    def order_ids(self, *orders):
        """Ids of those of the ``orders`` (as tills sent them) that are stored as paid."""
        uuids = [order["uuid"] for order in orders]
        return self.column(
            "SELECT id FROM pos_order WHERE uuid = ANY(%s) AND state = 'paid'", uuids
        )

    def points(self, card_id):
        """What the stock card shows."""
        return self.value("SELECT points FROM loyalty_card WHERE id = %s", card_id)

    def account(self, holder):
        """All that the books say about one member's points.

        :param holder: dict with ``wallet_id``, ``card_id`` and ``partner_id``.
        :returns: dict of exact figures; ``entries`` and ``purchases`` are lists in the order
            of booking.
        """
        return self.value(
            """
            SELECT json_build_object(
                'balance', (w.balance - w.held)::float, 'seq', w.seq, 'card', c.points,
                'history', (SELECT SUM(issued - used) FROM loyalty_history WHERE card_id = c.id),
                'lots', (SELECT SUM(remaining)::float FROM loyalty_club_lot WHERE wallet_id = w.id),
                'allocated', (SELECT COALESCE(SUM(a.amount), 0)::float
                                FROM loyalty_club_allocation a
                                JOIN loyalty_club_lot l ON l.id = a.lot_id
                               WHERE l.wallet_id = w.id),
                'entries', (SELECT json_agg(json_build_array(kind, amount::float, origin_id)
                                            ORDER BY seq)
                              FROM loyalty_club_entry WHERE wallet_id = w.id),
                'purchases', (SELECT COALESCE(json_agg(json_build_array(amount::float, origin_id)
                                                       ORDER BY id), '[]')
                                FROM loyalty_club_purchase WHERE partner_id = %s))
              FROM loyalty_club_wallet w JOIN loyalty_card c ON c.club_wallet_id = w.id
             WHERE w.id = %s AND c.id = %s
            """,
            holder["partner_id"],
            holder["wallet_id"],
            holder["card_id"],
        )

    def fingerprint(self):
        """A digest of every row of every table that holds value, to see that nothing changed."""
        return {
            table: self.value(f"SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM {table} t")
            for table in MONEY_TABLES
        }
