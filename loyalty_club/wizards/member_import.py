import base64
from datetime import timedelta
from pathlib import Path

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..domain import customer_columns
from ..models.import_report import COUNTS, status_labels
from ..models.import_run import ImportOptions

SAMPLES = 3
SHOWN_ROWS = 200
MAX_ROWS = 20_000  # what a request can write within Odoo's usual limit of time
STATES = [("file", "File"), ("columns", "Columns"), ("report", "Report"), ("done", "Done")]
DELIMITERS = [("comma", ","), ("semicolon", ";"), ("tab", "Tab"), ("bar", "|")]
MARKS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}


class LoyaltyClubMemberImport(models.TransientModel):
    """Import customers, their past purchases and opening points from a file, in four steps:
    the file, the meaning of its columns, a report of what would be done, and doing it."""

    _name = "loyalty.club.member.import"
    _description = "Import Customers"
    _transient_max_hours = 1.0  # the file tells everything of everybody in it

    state = fields.Selection(STATES, default="file", required=True, readonly=True)
    club_id = fields.Many2one(
        "loyalty.club",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env["loyalty.club"]._for_company(self.env.company),
    )
    club_count = fields.Integer(compute="_compute_club_count")
    file = fields.Binary(attachment=False, help="CSV, or an Excel workbook (xlsx).")
    filename = fields.Char()
    encoding = fields.Selection(
        [("utf-8", "UTF-8"), ("cp1256", "Windows Arabic (1256)"), ("utf-16", "UTF-16")],
        help="Empty: found out from the file.",
    )
    delimiter = fields.Selection(
        DELIMITERS, string="Columns parted by", help="Empty: found out from the file."
    )
    header_row = fields.Integer(string="Row of the headings", help="Zero: found out from the file.")
    country_id = fields.Many2one(
        "res.country",
        string="Country of the telephone numbers",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.company.country_id or self.env.ref("base.ir"),
        help="For numbers without a country code. Iranian mobiles are known in any case.",
    )
    identical = fields.Boolean(
        string="Count identical purchases each",
        help="A customer's purchases of the same day and amount, without a reference, are "
        "different purchases. Otherwise the second one is taken for a row told twice.",
    )
    stop_on_error = fields.Boolean(
        string="All or nothing", help="Import nothing as long as any row is bad."
    )
    column_ids = fields.One2many("loyalty.club.member.import.column", "wizard_id")

    # --- the report
    rows = fields.Integer(readonly=True)
    new_members = fields.Integer(string="New members", readonly=True)
    known_members = fields.Integer(string="Known members", readonly=True)
    new_purchases = fields.Integer(string="New purchases", readonly=True)
    already_there = fields.Integer(string="Purchases already there", readonly=True)
    openings = fields.Integer(string="Opening points", readonly=True)
    errors = fields.Integer(string="Bad rows", readonly=True)
    shown_rows = fields.Integer(compute="_compute_shown_rows")
    result_ids = fields.One2many("loyalty.club.member.import.result", "wizard_id", readonly=True)
    report = fields.Binary(attachment=False, readonly=True)
    report_name = fields.Char(readonly=True)

    def _compute_club_count(self):
        self.club_count = self.env["loyalty.club"].search_count([], limit=2)

    @api.depends("result_ids")
    def _compute_shown_rows(self):
        for wizard in self:
            wizard.shown_rows = len(wizard.result_ids)

    # === ACTION METHODS === #

    def action_read(self):
        """Read the file and guess what its columns hold.

        :raises UserError: when the file cannot be read.
        """
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose the file first."))
        table = self._read()
        meanings = customer_columns.guess(table.columns)
        columns = [
            {
                "position": position,
                "name": name or self.env._("Column %(number)s", number=position + 1),
                "sample": self._sample(table.rows, position),
                "meaning": meanings[position],
            }
            for position, name in enumerate(table.columns)
        ]
        self.column_ids = [Command.clear(), *(Command.create(values) for values in columns)]
        # sudo: whoever closes the window is not there to empty it
        cleaning = self.env.ref("base.autovacuum_job").sudo()
        hours = timedelta(hours=self._transient_max_hours, minutes=1)
        cleaning._trigger(fields.Datetime.now() + hours)
        return self._show("columns")

    def action_check(self):
        """Show what an import would do; nothing is written."""
        self._report(dry_run=True)
        return self._show("report")

    def action_import(self):
        """Import the sound rows; the bad ones stay in the report.

        With “All or nothing” and a bad row nothing is written, and the report says why.
        """
        report = self._report(dry_run=False)
        if report.written:
            self._forget()
        return self._show("done" if report.written else "report")

    def action_back(self):
        """Go one step back."""
        return self._show("columns" if self.state == "report" else "file")

    def action_view_members(self):
        """Open the club's members."""
        return self.club_id.action_view_members()

    # === BUSINESS METHODS === #

    def _read(self):
        """The table in the file."""
        table = self.env["loyalty.club.import"]._read_table(
            base64.b64decode(self.file),
            self.encoding or None,
            MARKS.get(self.delimiter),
            self.header_row or None,
        )
        if len(table.rows) > MAX_ROWS:
            raise UserError(
                self.env._(
                    "The file has %(rows)s rows. More than %(limit)s are imported by the command "
                    "“odoo club_import”, or in several files.",
                    rows=len(table.rows),
                    limit=MAX_ROWS,
                )
            )
        return table

    def _report(self, dry_run):
        """Run the import and keep its report on the wizard."""
        self.ensure_one()
        table = self._read()
        by_position = {column.position: column.meaning for column in self.column_ids}
        if sorted(by_position) != list(range(len(table.columns))):
            raise UserError(self.env._("The file has changed. Go back and read it again."))
        options = ImportOptions(
            dry_run, self.stop_on_error, self.identical, self.country_id.code or "IR"
        )
        meanings = [by_position[position] for position in range(len(table.columns))]
        report = self.env["loyalty.club.import"]._run(self.club_id, table, meanings, options)
        # Bad rows first: they are what a person has to look at.
        shown = sorted(report.lines, key=lambda line: line.status != "error")[:SHOWN_ROWS]
        self.write(
            {
                **{name: report.counts[name] for name in COUNTS},
                "result_ids": [Command.clear(), *(Command.create(x._asdict()) for x in shown)],
                "report": base64.b64encode(report.to_csv(self.env)),
                "report_name": f"{Path(self.filename or 'import').stem}-report.csv",
            }
        )
        return report

    def _forget(self):
        """Keep nothing of the file: identity codes and birthdays stand in it."""
        self.file = False
        self.column_ids.sample = False

    def _sample(self, rows, position):
        """The first texts of a column, for recognising it."""
        texts = (row.cells[position].strip() for row in rows if position < len(row.cells))
        found = list(dict.fromkeys(text for text in texts if text))[:SAMPLES]
        return " · ".join(text[:40] for text in found)

    def _show(self, state):
        self.state = state
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Customers"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }


class LoyaltyClubMemberImportColumn(models.TransientModel):
    """A column of the file and what it holds."""

    _name = "loyalty.club.member.import.column"
    _description = "Column of a File of Customers"
    _order = "position"

    wizard_id = fields.Many2one("loyalty.club.member.import", required=True, ondelete="cascade")
    position = fields.Integer(readonly=True)
    name = fields.Char(string="Column", readonly=True)
    sample = fields.Char(string="For example", readonly=True)
    meaning = fields.Selection(
        [
            ("external_ref", "Customer reference"),
            ("number", "Membership number"),
            ("name", "Name"),
            ("family_name", "Family name"),
            ("mobile", "Mobile"),
            ("email", "E-mail"),
            ("national_code", "National code or legal entity's ID"),
            ("card_number", "Card number"),
            ("birthday", "Birthday"),
            ("anniversary", "Wedding anniversary"),
            ("sex", "Sex"),
            ("education", "Education"),
            ("occupation", "Occupation"),
            ("area", "Area"),
            ("join_date", "Member since"),
            ("branch", "Branch"),
            ("purchase_date", "Purchase: date"),
            ("purchase_amount", "Purchase: net amount"),
            ("purchase_quantity", "Purchase: number of items"),
            ("purchase_ref", "Purchase: reference"),
            ("opening_points", "Opening points"),
            ("opening_credit", "Opening credit"),
        ],
        string="Holds",
        help="Empty: the column is left out.",
    )


class LoyaltyClubMemberImportResult(models.TransientModel):
    """A row of the file and what becomes of it."""

    _name = "loyalty.club.member.import.result"
    _description = "Result of an Imported Row"

    wizard_id = fields.Many2one("loyalty.club.member.import", required=True, ondelete="cascade")
    row = fields.Integer(readonly=True)
    status = fields.Selection(lambda self: list(status_labels(self.env).items()), readonly=True)
    message = fields.Char(readonly=True)
