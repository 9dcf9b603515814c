"""What the club knows already about the customers of a file; a fixed number of queries."""

from decimal import Decimal
from typing import NamedTuple

from odoo.tools import SQL

from ..domain.codes import InputError, fold_persian
from ..domain.customer_rows import phone_number
from ..domain.customers import Customer

_TYPED_DIGITS = "۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩"
_ASCII_DIGITS = "01234567890123456789"
_TAIL = 7  # last digits by which stored numbers of any writing are found; then compared in full


class KnownCard(NamedTuple):
    """A card of the club: its state, and the membership that has it today."""

    id: int
    state: str
    member_id: int | None


class Lookup:
    """Questions of an import to the database of one club."""

    def __init__(self, env, club, region):
        self.env = env
        self.club = club
        self.region = region

    def branches(self):
        """Ids of the club's branches by their codes, and by their names in every language."""
        self.env["loyalty.club.branch"].flush_model()
        rows = self._query(
            SQL(
                "SELECT id, code, name FROM loyalty_club_branch WHERE club_id = %s"
                " ORDER BY active, id DESC",
                self.club.id,
            )
        )
        by_name = {fold_persian(text): row[0] for row in rows for text in row[2].values()}
        return by_name | {fold_persian(code): branch for branch, code, _name in rows if code}

    def areas(self):
        """Ids of the club's areas by their names in every language, and by their full names."""
        self.env["loyalty.club.area"].flush_model()
        rows = self._query(
            SQL(
                "SELECT id, complete_name, name FROM loyalty_club_area WHERE club_id = %s"
                " ORDER BY active, id DESC",
                self.club.id,
            )
        )
        by_name = {fold_persian(text): row[0] for row in rows for text in row[2].values()}
        return by_name | {fold_persian(full): area for area, full, _name in rows if full}

    def cards(self, numbers):
        """Those of the ``numbers`` that are cards of the club: id, state and member by number."""
        self.env["loyalty.club.card"].flush_model()
        rows = self._query(
            SQL(
                "SELECT c.number, c.id, c.state, COALESCE(m.merged_into_id, m.id)"
                "  FROM loyalty_club_card c LEFT JOIN loyalty_club_member m ON m.id = c.member_id"
                " WHERE c.club_id = %s AND c.number = ANY(%s)",
                self.club.id,
                list(numbers),
            )
        )
        return {number: KnownCard(*rest) for number, *rest in rows}

    def customers(self, rows, cards):
        """Members and contacts whom ``rows`` may mean.

        :param rows: list of ``CustomerRow``.
        :param cards: what :meth:`cards` says of their cards.
        :returns: list of ``Customer``, and the mobiles that several of them share.
        """
        for name in ("res.partner", "loyalty.club.member"):
            self.env[name].flush_model()
        mobiles = {row.mobile for row in rows if row.mobile}
        named = self._query(
            SQL(
                "%s JOIN res_partner c ON c.id = x.partner_id"
                " JOIN loyalty_club_member m ON m.id = COALESCE(x.merged_into_id, x.id)"
                " JOIN res_partner p ON p.id = m.partner_id WHERE x.id IN (%s)",
                self._people(SQL("loyalty_club_member x")),
                SQL(" UNION ").join(
                    SQL(
                        "SELECT id FROM loyalty_club_member WHERE club_id = %s AND %s = ANY(%s)",
                        self.club.id,
                        SQL.identifier(column),
                        list(values),
                    )
                    for column, values in (
                        ("external_ref", {row.external_ref for row in rows} - {""}),
                        ("number", {row.number for row in rows} - {""}),
                        ("identity_index", {row.identity_index for row in rows} - {""}),
                        ("id", {card.member_id for card in cards.values() if card.member_id}),
                    )
                ),
            )
        )
        reached = self._query(
            SQL(
                "%s LEFT JOIN LATERAL ("  # of a contact's memberships that of today
                "   SELECT * FROM loyalty_club_member WHERE partner_id = c.id AND club_id = %s"
                "    ORDER BY merged_into_id IS NOT NULL, id DESC LIMIT 1) x ON TRUE"
                " LEFT JOIN loyalty_club_member m ON m.id = COALESCE(x.merged_into_id, x.id)"
                " JOIN res_partner p ON p.id = COALESCE(m.partner_id, c.id)"
                " WHERE right(regexp_replace(translate(c.phone, %s, %s), '[^0-9]', '', 'g'), %s)"
                "       = ANY(%s)"
                "   AND (x.id IS NOT NULL"
                "    OR c.active AND (c.company_id IS NULL OR c.company_id = %s)"
                "       AND (c.parent_id IS NULL OR c.type = 'contact'))",  # else an address
                self._people(SQL("res_partner c")),
                self.club.id,
                _TYPED_DIGITS,
                _ASCII_DIGITS,
                _TAIL,
                list({mobile[-_TAIL:] for mobile in mobiles}),
                self.club.company_id.id,
            )
        )
        by_member, contacts = {}, []
        for row in [*named, *reached]:
            for customer in self._known(*row):
                if customer.member_id:
                    by_member.setdefault(customer.key_id, customer)
                else:
                    contacts.append(customer)
        for number, card in cards.items():
            if card.member_id in by_member:
                by_member[card.member_id].card_number = number
        return _unambiguous([*by_member.values(), *contacts], mobiles)

    def booked_purchases(self, keys):
        """Amounts of the purchases that are in the journal, by origin key."""
        return self._amounts(SQL("loyalty_club_purchase"), SQL("origin_key"), keys)

    def booked_openings(self, keys):
        """Amounts of the entries that are on the ledger, by idempotency key."""
        return self._amounts(SQL("loyalty_club_entry"), SQL("idempotency_key"), keys)

    def _amounts(self, table, column, keys):
        rows = self._query(
            SQL(
                "SELECT %s, amount::text FROM %s WHERE %s = ANY(%s)",
                column,
                table,
                column,
                list(keys),
            )
        )
        return {key: Decimal(amount) for key, amount in rows}

    def _people(self, start):
        """The beginning of a question for people: a membership or contact that a row may mean
        (x and its contact c), and the member (m and her contact p) whom it leads to today."""
        return SQL(
            "SELECT x.id, x.external_ref, x.number, x.identity_index, c.phone,"
            "       m.id, m.external_ref, m.number, m.identity_index, m.state = 'closed',"
            "       p.id, p.phone, p.name,"
            "       ARRAY(SELECT f.id FROM loyalty_club_member f WHERE f.merged_into_id = m.id)"
            "  FROM %s",
            start,
        )

    def _known(self, *row):
        """The customers of one row of :meth:`_people`: of a merged membership both names."""
        found_id, old_ref, old_number, old_identity, old_phone, *today, merged = row
        member_id, external_ref, number, identity, closed, partner_id, phone, name = today
        common = {
            "member_id": member_id,
            "partner_id": partner_id,
            "name": name or "",
            "closed": bool(closed),
            "same_ids": (member_id, *merged) if member_id else (),
        }
        yield Customer(
            **common,
            external_ref=external_ref or "",
            number=number or "",
            mobile=self._mobile(phone),
            identity_index=identity or "",
        )
        if found_id != member_id:
            yield Customer(
                **common,
                former_id=found_id,
                # A reference the merged one had not is the reference of the one that stays.
                external_ref=old_ref or external_ref or "",
                number=old_number,
                number_today=number,
                mobile=self._mobile(old_phone),
                identity_index=old_identity or identity or "",
            )

    def _mobile(self, phone):
        try:
            return phone_number(phone, self.region)
        except InputError:
            return ""

    def _query(self, query):
        self.env.cr.execute(query)
        return self.env.cr.fetchall()


def _unambiguous(customers, mobiles):
    """Leave out contacts with a member's mobile; tell which mobiles stay shared.

    A number is a member's of today before it is that of a merged membership.
    """
    by_mobile = {}
    for customer in customers:
        by_mobile.setdefault(customer.mobile, []).append(customer)
    kept, shared = [], set()
    for mobile, same in by_mobile.items():
        members = [customer for customer in same if customer.member_id]
        if mobile in mobiles:
            today = [customer for customer in members if not customer.former_id]
            if len({customer.person for customer in today or members or same}) > 1:
                shared.add(mobile)
            kept += members or same
        else:
            kept += members  # only looks alike, or was found by its reference
    return kept, shared
