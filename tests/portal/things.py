"""Records of a member as requests name them, her secrets, and everything that is hers."""

import re

from .visitor import CHANCE

# What is hers, by the words of doors.py; the first parameter is the membership.
QUERIES = {
    "member": "SELECT %s::int",
    "number": "SELECT number FROM loyalty_club_member WHERE id = %s",
    "partner": "SELECT partner_id FROM loyalty_club_member WHERE id = %s",
    "wallet": "SELECT id FROM loyalty_club_wallet WHERE member_id = %s ORDER BY id LIMIT 1",
    "card": "SELECT id FROM loyalty_club_card WHERE member_id = %s ORDER BY id LIMIT 1",
    "stock_card": """
        SELECT c.id FROM loyalty_card c JOIN loyalty_club_wallet w ON w.id = c.club_wallet_id
         WHERE w.member_id = %s ORDER BY c.id LIMIT 1""",
    "relative": "SELECT id FROM loyalty_club_family_member WHERE member_id = %s LIMIT 1",
    "device": "SELECT id FROM loyalty_club_push_device WHERE member_id = %s LIMIT 1",
    "taken": "SELECT id FROM loyalty_club_reward_taken WHERE member_id = %s LIMIT 1",
    "tier_invitation": """
        SELECT id FROM loyalty_club_tier_invitation WHERE member_id = %s LIMIT 1""",
    "reference": """
        SELECT reference FROM loyalty_club_transfer WHERE sender_id = %s ORDER BY id LIMIT 1""",
}
# A record of staff's own, or one of which a member has none: any there is.
ANY = {
    "transaction": "SELECT COALESCE(MAX(id), 1) FROM payment_transaction",
    "reveal": "SELECT COALESCE(MAX(id), 1) FROM loyalty_club_reveal",
    "print": "SELECT COALESCE(MAX(id), 1) FROM loyalty_club_stamp_print",
    "invitation": "SELECT COALESCE(MAX(id), 1) FROM loyalty_club_invitation",
}
MISSING = 712_345_678  # an id that no record has
TEXTS = {"number": "M5550001112", "reference": "0" * 31 + "9"}
COLUMNS = ("member_id", "partner_id", "wallet_id", "sender_id", "receiver_id", "user_id")
TABLES = """
    SELECT c.table_name, c.column_name
      FROM information_schema.columns c
      JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE t.table_type = 'BASE TABLE' AND c.column_name = ANY(%s)
       AND (c.table_name LIKE 'loyalty%%' OR c.table_name IN ('res_users', 'res_users_apikeys'))
     ORDER BY 1, 2"""


class Things:
    """One member's records.

    :param books: :class:`tests.support.books.Books`.
    :param member: as prepare.py knows her.
    """

    def __init__(self, books, member):
        self.books = books
        self.member = member
        self.values = {sort: self._one(query, member["id"]) for sort, query in QUERIES.items()}
        self.values |= {sort: self._one(query) for sort, query in ANY.items()}
        self.parts = self._parts()

    def _one(self, query, *words):
        return next(iter(self.books.column(query, *words)), MISSING)

    def _parts(self):
        """Statements that read every row of hers, one for each table and column."""
        user, partner = self.member["user_id"], self.member["partner_id"]
        wallets = f"SELECT id FROM loyalty_club_wallet WHERE member_id = {self.member['id']}"
        whose = {"partner_id": partner, "user_id": user, "wallet_id": wallets}
        parts = [
            f"SELECT 'res_partner' AS name, t::text AS row FROM res_partner t WHERE id={partner}"
        ]
        parts += [
            f"SELECT '{table}.{column}', t::text FROM {table} t"
            f" WHERE {column} IN ({whose.get(column, self.member['id'])})"
            for table, column in self.books.rows(TABLES, list(COLUMNS))
        ]
        return " UNION ALL ".join(parts)

    def state(self):
        """A digest of all her rows by table, to see what changed."""
        return dict(
            self.books.rows(
                "SELECT name, md5(string_agg(row, '|' ORDER BY row))"
                f" FROM ({self.parts}) AS part (name, row) GROUP BY 1"
            )
        )

    def secrets(self):
        """Texts that nobody else may read."""
        numbers = self.books.column(
            "SELECT number FROM loyalty_club_card WHERE member_id = %s", self.member["id"]
        )
        codes = self.books.column(
            "SELECT c.code FROM loyalty_card c JOIN loyalty_club_wallet w"
            " ON w.id = c.club_wallet_id WHERE w.member_id = %s",
            self.member["id"],
        )
        balances = self.books.column(
            "SELECT balance::bigint FROM loyalty_club_wallet"
            " WHERE member_id = %s AND balance > 999",
            self.member["id"],
        )
        shown = [text for balance in balances for text in (f"{balance}", f"{balance:,}")]
        mobile = self.member["mobile"]
        return {
            self.member["name"],
            "Unseen",
            self.member["number"],
            mobile,
            mobile[1:],
            self.member["login"],
            *numbers,
            *codes,
            *shown,
        }


def missing(sort):
    """A value of this sort that names nothing."""
    return TEXTS.get(sort, MISSING)


def plain(text, values):
    """An answer's text without the values that were asked for and what is left to chance."""
    known = "|".join(re.escape(str(value)) for value in values)
    return CHANCE.sub("#", re.sub(rf"(?<!\w)(?:{known})(?!\w)", "#", text))
