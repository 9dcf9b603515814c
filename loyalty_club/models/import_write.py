"""What an import writes, in batches: contacts, members, purchases, opening points."""

from datetime import datetime, time, timezone
from zoneinfo import ZoneInfo

from odoo import fields
from odoo.tools import SQL
from odoo.tools.misc import split_every

from ..bulk import copies_of
from ..clock import zone_of
from ..domain.identity import identity_kind
from ..movement import Movement

BATCH = 5000
PURCHASE_BATCH = 10_000
NOON = time(12)  # when no time of day is told: the same day in nearly every time zone
_OPENING_KEYS = {"opening_points": "opening", "opening_credit": "opening_credit"}
QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True}


def purchase_key(club, customer, purchase, member_id=None):
    """Origin key of a member's purchase: the same in every file and for ever.

    It names the member by id: a key is never deleted, so it holds no telephone number, and
    it is the same whichever of reference, number and mobile a file knows the member by.

    :param member_id: a merged membership of hers instead, under which it may be booked.
    """
    return f"import:{club.id}:{member_id or customer.key_id}:{purchase.key}"


def opening_key(club, customer, name="opening_points", member_id=None):
    """Idempotency key of a member's opening balance: there is one of points, one of credit.

    :param name: one of :data:`..domain.customers.OPENINGS`.
    :param member_id: see :func:`purchase_key`.
    """
    return f"import:{club.id}:{member_id or customer.key_id}:{_OPENING_KEYS[name]}"


class ImportWriter:
    """Writes what a run found to be new.

    :param branch_id: function from a branch's name or code to its id.
    :param area_id: function from an area's name to its id.
    """

    def __init__(self, env, club, branch_id, area_id):
        zone = zone_of(club.company_id)
        self.env = env(context=dict(env.context, tz=zone, **QUIET))
        self.club = club.with_env(self.env)
        self.branch_id = branch_id
        self.area_id = area_id
        self.now = fields.Datetime.now()
        self.zone = ZoneInfo(zone)

    def lock(self):
        """Let imports into one club follow one another.

        Whoever waited here fails with a serialisation error when the other one commits, and
        is tried again with the other's members and purchases in sight: the same file sent
        twice at once makes nobody twice. Tills never wait for this row.
        """
        self.club.flush_recordset()
        self.env.cr.execute(
            SQL("UPDATE loyalty_club SET sequence = sequence WHERE id = %s", self.club.id),
            log_exceptions=False,  # to wait and be tried again is no error
        )

    def enrol(self, customers):
        """Make members of ``customers``, and contacts of those who have none."""
        for batch in split_every(BATCH, customers, list):
            self._make_contacts([customer for customer in batch if not customer.partner_id])
            members = self.env["loyalty.club.member"]._create_many(
                [self._member_values(customer) for customer in batch]
            )
            for customer, member in zip(batch, members, strict=True):
                customer.member_id = member.id
            self.env.flush_all()
            self.env.invalidate_all()  # or a long file would fill the memory

    def _make_contacts(self, customers):
        rows = [self._contact_values(customer) for customer in customers]
        partners = self.env["res.partner"].create(rows[:1])
        if partners:
            partners |= copies_of(partners, [_with_derived(row) for row in rows[1:]])
        for customer, partner in zip(customers, partners, strict=True):
            customer.partner_id = partner.id

    def _contact_values(self, customer):
        return {
            "name": customer.name or self._nameless(customer),
            "phone": customer.mobile or None,
            "email": customer.email or None,
        }

    def _nameless(self, customer):
        reference = customer.external_ref or customer.mobile
        return self.env._("Customer %(reference)s", reference=reference)

    def _member_values(self, customer):
        values = {
            "club_id": self.club.id,
            "partner_id": customer.partner_id,
            "external_ref": customer.external_ref or False,
            "channel": "import",
            "branch_id": self.branch_id(customer.branch) if customer.branch else False,
        }
        if customer.first_day:
            values["join_date"] = customer.first_day
        return values | self._profile_values(customer)

    def _profile_values(self, customer):
        """What the file tells of the person herself, as the member's fields take it."""
        values = dict(customer.profile)
        if customer.area:
            values["area_id"] = self.area_id(customer.area)
        if customer.identity_code:
            values["identity_type"] = identity_kind(customer.identity_code)
            values["identity_code"] = customer.identity_code
        return values

    def complete(self, customers):
        """Fill in what known members have not said yet; what they said stays."""
        told = {}
        for customer in customers:
            if values := self._profile_values(customer):
                told[customer.member_id] = values | told.get(customer.member_id, {})
        for batch in split_every(BATCH, told, list):
            for member in self.env["loyalty.club.member"].browse(batch):
                missing = {
                    name: value for name, value in told[member.id].items() if not member[name]
                }
                if missing:  # sealed values are bound to their member: one at a time
                    member.write(missing)
            self.env.flush_all()
            self.env.invalidate_all()

    def give_cards(self, customers, known):
        """Give customers the cards that the file says they hold.

        :param known: those cards that the club has already, by number.
        """
        cards = self.env["loyalty.club.card"]
        holders = {number: customer for customer in customers for number in customer.cards}
        new, stock = [], []
        for number, customer in holders.items():
            if number not in known:
                new.append({"number": number, "member_id": customer.member_id})
            elif known[number].state == "stock":
                stock.append((customer, number))
        last_day = self.club._card_last_day()
        terms = {"type": "physical", "expires_on": last_day or None}
        cards._make(self.club, [{**row, **terms} for row in new], self.env._("Imported"))
        for customer, number in stock:  # each is somebody's: few, and each with its own fact
            member = self.env["loyalty.club.member"].browse(customer.member_id)
            cards._issue(self.club, member, number=number)

    def keep_references(self, customers):
        """Give members who had none the reference by which a file knows them."""
        if customers:
            members = self.env["loyalty.club.member"]
            members.flush_model(["external_ref"])
            self.env.cr.execute(
                SQL(
                    "UPDATE loyalty_club_member m SET external_ref = v.ref"
                    "  FROM unnest(%s::int[], %s::text[]) AS v(id, ref) WHERE m.id = v.id",
                    [customer.member_id for customer in customers],
                    [customer.external_ref for customer in customers],
                )
            )
            members.invalidate_model(["external_ref"])

    def record_purchases(self, purchases):
        """Write pairs of customer and purchase into the journal."""
        journal = self.env["loyalty.club.purchase"]
        self.env.flush_all()
        written = 0
        for batch in split_every(PURCHASE_BATCH, purchases, list):
            written += journal._record([self._journal_row(*pair) for pair in batch])
        journal.invalidate_model()
        if written:
            self.env["loyalty.club.rfm"]._update(self.club)
            self.env["loyalty.club.tier"]._recompute(self.club)

    def _journal_row(self, customer, purchase):
        row = purchase.row
        return {
            "partner_id": customer.partner_id,
            "member_id": customer.member_id,
            "club_id": self.club.id,
            "company_id": self.club.company_id.id,
            "branch_id": self.branch_id(row.branch) if row.branch else None,
            "channel": "import",
            "date": self._utc(row.purchase_day, row.purchase_time),
            "amount": row.purchase_amount,
            "quantity": row.purchase_quantity,
            "refund": False,
            "origin_key": purchase_key(self.club, customer, purchase),
        }

    def _utc(self, day, clock):
        local = datetime.combine(day, clock or NOON, tzinfo=self.zone)
        return min(local.astimezone(timezone.utc).replace(tzinfo=None), self.now)

    def post_openings(self, customers, name, kind):
        """Book opening balances on the ledger.

        :param name: which of the customers' ``openings``.
        :param kind: loyalty.club.wallet.kind.
        """
        for batch in split_every(BATCH, customers, list):
            members = self.env["loyalty.club.member"].browse({c.member_id for c in batch})
            wallets = kind._wallets_of(members)
            self.env["loyalty.card"]._club_create_for(kind, wallets.values())
            self.env["loyalty.club.wallet"]._post_or_raise(
                Movement(
                    wallet_id=wallets[customer.member_id].id,
                    amount=customer.openings[name].amount,
                    kind="opening",
                    key=opening_key(self.club, customer, name),
                    origin=("loyalty.club.member", customer.member_id),
                )
                for customer in batch
            )


def _with_derived(row):
    """A contact's columns with those that follow from them: the numbers and addresses of a file
    were read into their normal form already."""
    return {
        **row,
        "complete_name": row["name"],
        "phone_sanitized": row["phone"],
        "email_normalized": row["email"],
    }
