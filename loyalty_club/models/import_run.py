"""One import of customers and their history: read, recognise, compare, report."""

from dataclasses import dataclass
from decimal import Decimal

from ..clock import today_in
from ..domain.codes import fold_persian
from ..domain.customer_rows import HOME, Fault, Reading, read_row
from ..domain.customers import Customers
from .import_lookup import Lookup
from .import_report import ImportReport, ReportLine
from .import_texts import fault_templates, fault_text
from .import_write import ImportWriter, opening_key, purchase_key


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is imported.

    :ivar dry_run: report only.
    :ivar stop_on_error: write nothing when any row is bad.
    :ivar identical: purchases alike and without reference are purchases of their own;
        otherwise the second is taken for a row told twice.
    :ivar region: ISO 3166 code of the country of telephone numbers without a country code.
    """

    dry_run: bool = True
    stop_on_error: bool = False
    identical: bool = False
    region: str = HOME


class ImportRun:
    """One run over one table, as :meth:`loyalty.club.import._run` describes it."""

    def __init__(self, env, club, table, meanings, options):
        self.env = env
        self.club = club
        self.table = table
        self.options = options
        self.meanings = meanings
        self.lookup = Lookup(env, club, options.region)
        self.branches = self.lookup.branches()
        self.areas = self.lookup.areas()
        self.credit_kind = club.kind_ids.filtered(lambda kind: kind.type == "ewallet")[:1]
        self.cards = {}  # cards of the club among those of the rows, by number
        self.rows = []
        self.people = None
        self.owners = {}  # customer by the line of each sound row
        self.there = set()  # lines whose purchase is in the journal already

    def run(self):
        """Report, and write unless something forbids it.

        :returns: :class:`.import_report.ImportReport`.
        """
        self._read()
        self._recognise()
        openings = self._compare()
        report = self._report(len(openings))
        stopped = self.options.stop_on_error and report.counts["errors"]
        if not self.options.dry_run and not stopped:
            self._write(openings)
            report.written = True
        return report

    def _read(self):
        """Read every row; a branch must be one of the club's."""
        reading = self._reading()
        width = len(self.meanings)
        columns = [(n, meaning) for n, meaning in enumerate(self.meanings) if meaning]
        for number, cells in self.table.rows:
            told = {meaning: cells[n] for n, meaning in columns if n < len(cells)}
            row = read_row(number, told, reading)
            extra = "".join(cells[width:]).strip()
            if extra:
                row.faults.append(Fault("extra_cells", "", extra))
            elif row.branch and not self._branch_id(row.branch):
                row.faults.append(Fault("unknown_branch", "branch", row.branch))
            elif row.area and not self._area_id(row.area):
                row.faults.append(Fault("unknown_area", "area", row.area))
            self.rows.append(row)

    def _reading(self):
        credit = self.credit_kind
        return Reading(
            today=today_in(self.club.company_id),
            region=self.options.region,
            step=Decimal(str(self.club.points_kind_id.rounding)),
            credit_step=Decimal(str(credit.rounding)) if credit else None,
        )

    def _area_id(self, text):
        return self.areas.get(fold_persian(text))

    def _branch_id(self, text):
        return self.branches.get(fold_persian(text))

    def _recognise(self):
        """Put the sound rows to their customers."""
        sound = [row for row in self.rows if not row.faults]
        members = self.env["loyalty.club.member"]
        for row in sound:
            if row.identity_code:
                row.identity_index = members._index_of("identity_code", row.identity_code)
        self.cards = self.lookup.cards({row.card_number for row in sound} - {""})
        known, shared = self.lookup.customers(sound, self.cards)
        self.people = Customers(known, shared, self.options.identical)
        for row in sound:
            card = self.cards.get(row.card_number)
            if card and card.state not in ("stock", "active"):
                row.faults.append(Fault("card_state", "card_number", row.card_number))
                continue
            customer = self.people.take(row)
            if customer:
                self.owners[row.line] = customer

    def _compare(self):
        """Compare with what is booked for members; what differs is a fault of its row.

        :returns: what :meth:`_openings` says.
        """
        told = [
            (customer, purchase)
            for customer in self.people.present.values()
            for purchase in customer.purchases
        ]
        booked = self._booked(told, purchase_key, self.lookup.booked_purchases)
        for number, amount in booked.items():
            row = told[number][1].row
            self.there.add(row.line)
            if amount != row.purchase_amount:
                row.faults.append(Fault("purchase_booked", "purchase_amount", _plain(amount)))
        return self._openings()

    def _booked(self, told, key_of, lookup):
        """What of a file is booked, under the same name or another membership of the person.

        :param told: list of pairs of customer and what is told of her.
        :param key_of: function from club, customer, what is told and the id of a membership to
            the key under which it is booked.
        :param lookup: function from keys to the amounts that are booked, by key.
        :returns: dict of the places in ``told`` of what is booked, to the amount.
        """
        keys = [
            [
                key_of(self.club, customer, what, member_id)
                for member_id in dict.fromkeys((customer.key_id, *customer.same_ids))
                if member_id
            ]
            for customer, what in told
        ]
        booked = lookup({key for names in keys for key in names})
        found = {}
        # Each booking answers for one thing told: for what has its very key before any other.
        for names_of in (lambda names: names[:1], lambda names: names[1:]):
            for number, names in enumerate(keys):
                key = next((name for name in names_of(names) if name in booked), None)
                if key and number not in found:
                    found[number] = booked.pop(key)
        return found

    def _openings(self):
        """Pairs of customer and name of an opening balance that is still to be booked."""
        told = [
            (customer, name)
            for customer in self.people.present.values()
            for name in customer.openings
        ]
        there = self._booked(told, opening_key, self.lookup.booked_openings)
        for number, amount in there.items():
            customer, name = told[number]
            opening = customer.openings[name]
            if amount != opening.amount:
                opening.row.faults.append(Fault("opening_booked", name, _plain(amount)))
        return [
            (customer, name)
            for number, (customer, name) in enumerate(told)
            if not customer.openings[name].row.faults and number not in there
        ]

    def _report(self, openings):
        """What becomes of every row."""
        templates = fault_templates(self.env)
        headings = dict(zip(self.meanings, self.table.columns, strict=True))
        headings.pop(None, None)
        report = ImportReport()
        for row in self.rows:
            status = self._status(row)
            if status == "error":
                message = " · ".join(fault_text(templates, fault, headings) for fault in row.faults)
            else:
                message = _known_as(self.owners[row.line])
            report.lines.append(ReportLine(row.line, status, message))
        sound = [row for row in self.rows if not row.faults]
        people = {(customer := self.owners[row.line]).person: customer for row in sound}
        known = sum(bool(customer.member_id) for customer in people.values())
        there = sum(row.line in self.there for row in sound)
        report.counts.update(
            rows=len(self.rows),
            new_members=len(people) - known,
            known_members=known,
            new_purchases=sum(row.has_purchase for row in sound) - there,
            already_there=there,
            openings=openings,
            errors=len(self.rows) - len(sound),
        )
        return report

    def _status(self, row):
        if row.faults:
            return "error"
        if row.line in self.there:
            return "already_there"
        customer = self.owners[row.line]
        if row.line == customer.line and not customer.member_id:
            return "new_member"
        return "new_purchase" if row.has_purchase else "known_member"

    def _write(self, openings):
        people = [self.owners[row.line] for row in self.rows if not row.faults]
        people = list({id(customer): customer for customer in people}.values())
        writer = ImportWriter(self.env, self.club, self._branch_id, self._area_id)
        members = [customer for customer in people if customer.member_id]
        writer.lock()
        writer.enrol([customer for customer in people if not customer.member_id])
        writer.complete(members)
        writer.give_cards(people, self.cards)
        writer.keep_references([customer for customer in people if customer.ref_is_new])
        writer.record_purchases(
            (customer, purchase)
            for customer in people
            for purchase in customer.purchases
            if not purchase.row.faults and purchase.row.line not in self.there
        )
        kinds = {"opening_points": self.club.points_kind_id, "opening_credit": self.credit_kind}
        for name, kind in kinds.items():
            writer.post_openings([one for one, told in openings if told == name], name, kind)


def _known_as(customer):
    name = customer.name or customer.external_ref or customer.mobile
    return f"{name} {customer.number_today or customer.number}".strip()


def _plain(amount):
    return f"{amount.normalize():f}"
