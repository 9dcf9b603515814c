from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..domain import customer_columns, tabular
from .import_run import ImportOptions, ImportRun
from .import_texts import table_error_text


class LoyaltyClubImport(models.AbstractModel):
    """The import of customers with their past purchases and opening points.

    One row of a table is one customer, or one purchase of a customer; rows with the same
    reference, membership number or mobile are the same person. What was imported once is
    recognised in every later file and not written again.
    """

    _name = "loyalty.club.import"
    _description = "Import of Customers and Purchases"

    @api.model
    def _read_table(self, data, encoding=None, delimiter=None, header_row=None):
        """The table in an uploaded CSV or xlsx file.

        :param data: bytes of the file.
        :param encoding: one of ``tabular.ENCODINGS``, None to find it out.
        :param delimiter: one of ``tabular.DELIMITERS``, None to find it out.
        :param header_row: number of the row with the columns' names, None to find it.
        :returns: :class:`..domain.tabular.Table`.
        :raises UserError: when the file cannot be read.
        """
        try:
            return tabular.read_table(
                data, customer_columns.is_known, encoding, delimiter, header_row
            )
        except tabular.TableError as error:
            raise UserError(table_error_text(self.env, error)) from error

    @api.model
    def _run(self, club, table, meanings, options=None):
        """Import ``table`` into ``club``; a dry run unless ``options`` say otherwise.

        All sound rows are written in the caller's transaction, bad ones are reported and
        left out.

        :param club: loyalty.club, one record.
        :param table: :class:`..domain.tabular.Table`.
        :param meanings: for each column a key of ``customer_columns.COLUMNS``, or None to
            leave the column out.
        :param options: :class:`.import_run.ImportOptions`.
        :returns: :class:`.import_report.ImportReport`.
        :raises AccessError: for anyone but a manager of the club.
        :raises UserError: when the columns do not say who the customers are.
        """
        if not self.env.user.has_group("loyalty_club.group_manager"):
            raise AccessError(self.env._("Only a club manager imports customers."))
        club.ensure_one()
        club.check_access("read")
        meanings = [meaning or None for meaning in meanings]
        self._check_meanings(table.columns, meanings)
        # sudo: importing lends a club manager, whose group was checked, the right to make
        # contacts, cards and entries; everything is written into this one club
        env = self.sudo().env
        return ImportRun(env, club.sudo(), table, meanings, options or ImportOptions()).run()

    @api.model
    def _import_rows(self, club_id, rows, **options):
        """Import customers that are at hand as texts, not in a file.

        :param club_id: id of the club.
        :param rows: list of dicts of text by keys of ``customer_columns.COLUMNS``.
        :param options: as in :class:`.import_run.ImportOptions`; not a dry run by default.
        :returns: :class:`.import_report.ImportReport`.
        """
        meanings = [name for name in customer_columns.COLUMNS if any(name in row for row in rows)]
        table = tabular.Table(
            tuple(meanings),
            [
                tabular.Row(number, tuple(row.get(name) or "" for name in meanings))
                for number, row in enumerate(rows, 1)
            ],
            0,
        )
        club = self.env["loyalty.club"].browse(club_id)
        return self._run(club, table, meanings, ImportOptions(**{"dry_run": False, **options}))

    @api.model
    def _check_meanings(self, columns, meanings):
        given = [meaning for meaning in meanings if meaning]
        twice = next((meaning for meaning in given if given.count(meaning) > 1), None)
        if twice:
            names = [
                name for name, meaning in zip(columns, meanings, strict=True) if meaning == twice
            ]
            raise UserError(
                self.env._(
                    "The columns %(columns)s are said to hold the same. Choose one of them.",
                    columns=names,
                )
            )
        if not set(customer_columns.IDENTITY) & set(given):
            raise UserError(
                self.env._(
                    "Nothing tells who the customers are: choose the column of their reference, "
                    "mobile, national code, membership or card number."
                )
            )
