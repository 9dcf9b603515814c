"""What a till showed against what the books say, order by order."""

from collections import Counter
from decimal import Decimal

ORDER = """
    SELECT o.id, o.state, o.partner_id,
           COALESCE((SELECT json_agg(json_build_array(p.payment_method_id, p.amount::float)
                                     ORDER BY p.payment_method_id, p.amount)
                       FROM pos_payment p WHERE p.pos_order_id = o.id), '[]'),
           o.amount_total::float
      FROM pos_order o WHERE o.uuid = %s AND o.state <> 'draft'"""
ENTRIES = """
    SELECT w.id, e.kind, e.amount::float
      FROM loyalty_club_entry e JOIN loyalty_club_wallet w ON w.id = e.wallet_id
     WHERE e.origin_model = 'pos.order' AND e.origin_id = %s ORDER BY e.id"""
STRANDED = """
    SELECT COUNT(*) FROM loyalty_club_hold WHERE wallet_id = ANY(%s) AND state = 'open'"""
SOUND = """
    SELECT w.id FROM loyalty_club_wallet w
     WHERE w.id = ANY(%s) AND (
           w.balance <> (SELECT COALESCE(SUM(amount), 0) FROM loyalty_club_entry
                          WHERE wallet_id = w.id)
        OR w.balance <> (SELECT COALESCE(SUM(remaining), 0) FROM loyalty_club_lot
                          WHERE wallet_id = w.id)
        OR w.held <> (SELECT COALESCE(SUM(amount), 0) FROM loyalty_club_hold
                       WHERE wallet_id = w.id AND state = 'open'))"""
JOINED = """
    SELECT p.id, COALESCE(json_object_agg(w.kind_id, w.id) FILTER (WHERE w.id > 0), '{}')
      FROM res_partner p JOIN loyalty_club_member m ON m.partner_id = p.id
      LEFT JOIN loyalty_club_wallet w ON w.member_id = m.id
     WHERE p.name = %s GROUP BY p.id, m.id"""
PER_POINT = 10  # money that earns a point, by the club's basic terms


class Judge:
    """Compares; what is wrong is told in sentences, and counted as lost or double.

    :param books: :class:`tests.support.books.Books`.
    :param shop: what prepare.py printed.
    """

    def __init__(self, books, shop):
        self.books = books
        self.shop = shop
        self.lost, self.double, self.wrong = 0, 0, []
        self.stranded = 0
        self.orders = 0

    def sale(self, member, seen, bought=None, late=False):
        """Judge one sale or return as the cashier saw it.

        :param seen: what the robot's ``sell`` or ``refund`` answered.
        :param bought: for a return, the total of the sale.
        :param late: whether what was held for it was over when it arrived.
        """
        rows = self.books.rows(ORDER, seen.get("uuid") or "")
        if len(rows) > 1:
            self._tell("double", f"{len(rows)} orders {seen['uuid']}")
        if not rows:
            if self._shown_as_paid(seen):
                self._tell("lost", f"the paid order {seen['uuid']} never arrived")
            return
        order_id, _state, partner, payments, total = rows[0]
        self.orders += 1
        shown = seen.get("order") or seen["last"]
        expected = sorted([p["method"], p["amount"]] for p in shown["payments"])
        if payments != expected:
            self._tell("lost", f"order {order_id}: paid by {payments}, shown was {expected}")
        if partner != member["partner_id"]:
            self._tell("lost", f"order {order_id}: of {partner}, not of {member['partner_id']}")
        booked = Counter(tuple(entry) for entry in self.books.rows(ENTRIES, order_id))
        due = self._due(member, shown, total, bought)
        if late:  # charged then, because it was still there
            due = Counter(
                {(w, "spend" if k == "capture" else k, a): n for (w, k, a), n in due.items()}
            )
        for entry in due - booked:
            self._tell("lost", f"order {order_id}: {entry} is missing in {dict(booked)}")
        for entry in booked - due:
            self._tell("double", f"order {order_id}: {entry} is too much in {dict(booked)}")

    def joined(self, name, seen):
        """Judge an enrolment; the member, or None when there is none to go on with.

        :param seen: what the robot's ``enrol`` answered.
        """
        rows = self.books.rows(JOINED, name)
        if len(rows) > 1:
            self._tell("double", f"{len(rows)} members were made of {name}")
        if not rows or seen["partner"] != rows[0][0]:
            self._tell("lost", f"{name} is {rows} and not {seen['partner']}: {seen['noted']}")
            return None
        ((partner, wallets), *_more) = rows
        kinds = self.shop["kinds"]
        return {
            "partner_id": partner,
            **{what: wallets.get(str(kind)) for what, kind in kinds.items()},
        }

    def member(self, member):
        """Judge a member's wallets when all is over."""
        wallets = [member["points"], member["credit"]]
        unsound = self.books.column(SOUND, wallets)
        if unsound:
            self._tell("lost", f"wallets {unsound} do not add up")
        self.stranded += self.books.value(STRANDED, wallets)

    def _due(self, member, shown, total, bought):
        """What the order must have booked, each once."""
        by_credit = sum(
            Decimal(str(payment["amount"]))
            for payment in shown["payments"]
            if payment["method"] == self.shop["credit_method_id"]
        )
        due = Counter()
        topup = sum(
            Decimal(str(price))
            for product, _quantity, price in shown["lines"]
            if product == self.shop["topup_id"]
        )
        if bought:
            return self._due_back(member, shown, total, by_credit, bought)
        if shown["points"]:
            due[member["points"], "spend", -float(shown["points"])] += 1
        if by_credit:
            due[member["credit"], "capture", -float(by_credit)] += 1
        if topup:
            due[member["credit"], "topup", float(topup)] += 1
        # Who buys value earns when it is spent.
        if earned := int((Decimal(str(total)) - topup) // PER_POINT):
            due[member["points"], "earn", float(earned)] += 1
        return due

    @staticmethod
    def _due_back(member, shown, total, by_credit, bought):
        """A return gives back by the ways it was paid, and takes the earned points."""
        due = Counter()
        before = int(bought // PER_POINT)
        if taken := before - int((Decimal(str(bought)) + Decimal(str(total))) // PER_POINT):
            due[member["points"], "refund_earn", -float(taken)] += 1
        if by_credit:
            due[member["credit"], "refund_spend", -float(by_credit)] += 1
        return due

    @staticmethod
    def _shown_as_paid(seen):
        return bool(seen.get("receipt"))

    def _tell(self, what, text):
        setattr(self, what, getattr(self, what) + 1)
        self.wrong.append(text)
