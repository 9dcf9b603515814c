import logging

from odoo import api, models
from odoo.tools import SQL

from .. import keyring, vault

_logger = logging.getLogger(__name__)


class LoyaltyClubSealed(models.AbstractModel):
    """Records of which some columns hold sealed values (see :mod:`..vault`).

    A model names those columns in ``_sealed``, with the purpose each is sealed for, and the
    holder to whom its values are bound. Nobody but our own code reads such a column; changing
    the key (:meth:`_rotate_batch`) finds them by the same names.
    """

    _name = "loyalty.club.sealed"
    _description = "Records with Sealed Values"

    # Column → purpose.
    _sealed = {}
    # Further columns that only our own code reads: indexes by which sealed values are found.
    _blind = frozenset()

    def _holder(self):
        """Whose the record's values are: a text that never changes."""
        return self.number

    @api.model
    def _holder_sql(self):
        """The twin of :meth:`_holder` as an expression over the model's table."""
        return SQL.identifier(self._table, "number")

    # === CRUD METHODS === #

    @api.model
    def _has_field_access(self, field, operation):
        """Sealed values and their indexes leave the server for nobody."""
        hidden = field.name in self._sealed or field.name in self._blind
        if hidden and operation == "read" and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    # === BUSINESS METHODS === #

    @api.model
    def _seal(self, column, holder, text):
        """``text`` as it is kept in ``column``; nothing is kept for nothing."""
        return vault.seal(self.env.cr.dbname, self._sealed[column], holder, text) if text else False

    def _unseal(self, column):
        """The text in ``column`` of this one record; None when there is none, or it does not open.

        Whoever calls this has the right to know it, or shows it masked.
        """
        sealed = self.sudo()[column]  # sudo: nobody else reads it; see above
        return self._unsealed(column, self._holder(), sealed) if sealed else None

    @api.model
    def _unsealed(self, column, holder, sealed):
        try:
            return vault.unseal(self.env.cr.dbname, self._sealed[column], holder, sealed)
        except vault.VaultError as error:
            _logger.warning("%s.%s of %s does not open: %s", self._name, column, holder, error)
            return None

    @api.model
    def _index_of(self, purpose, text):
        """The blind index under which ``text`` is found again."""
        return vault.blind(self.env.cr.dbname, purpose, text)

    # --- another key -----------------------------------------------------------------

    @api.model
    def _sealing_models(self):
        """Every model that keeps sealed values, with its columns."""
        return [
            (self.env[name], column)
            for name, model in self.env.registry.items()
            if not model._abstract
            for column in getattr(model, "_sealed", ())
        ]

    @api.model
    def _reseal_all(self, limit):
        """Seal again, with the newest key, whatever is sealed with an older one.

        :param limit: how many values at most between two commits, which are the caller's.
        :returns: generator of pairs: how many were sealed again, and how many did not open.
        """
        for model, column in self._sealing_models():
            after = 0
            while after is not None:
                after, changed, failed = model._rotate_batch(column, after, limit)
                yield changed, failed

    @api.model
    def _count_by_key(self):
        """How many values each key seals.

        :returns: dict of the key's fingerprint to the number, and whether the key is here.
        """
        counts = dict.fromkeys(keyring.vault_keys(self.env.cr.dbname), 0)
        known = set(counts)
        for model, column in self._sealing_models():
            model.flush_model()
            self.env.cr.execute(
                SQL(
                    "SELECT split_part(%(column)s, '.', 2), COUNT(*) FROM %(table)s"
                    " WHERE %(column)s IS NOT NULL GROUP BY 1",
                    column=SQL.identifier(column),
                    table=SQL.identifier(model._table),
                )
            )
            for mark, count in self.env.cr.fetchall():
                counts[mark] = counts.get(mark, 0) + count
        return {mark: (count, mark in known) for mark, count in counts.items()}

    @api.model
    def _rotate_batch(self, column, after, limit):
        """Seal again, with the newest key, what ``column`` holds under older ones.

        :param after: id after which to begin.
        :param limit: how many rows at most.
        :returns: id of the last row seen (None: no more), how many were sealed again, how many
            did not open.
        """
        mark = vault.newest_mark(self.env.cr.dbname)
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "SELECT id, %(holder)s, %(column)s FROM %(table)s"
                " WHERE id > %(after)s AND NOT starts_with(%(column)s, %(mark)s)"
                " ORDER BY id LIMIT %(limit)s FOR NO KEY UPDATE",
                holder=self._holder_sql(),
                column=SQL.identifier(column),
                table=SQL.identifier(self._table),
                after=after,
                mark=mark,
                limit=limit,
            )
        )
        rows = self.env.cr.fetchall()
        opened = [(row, holder, self._unsealed(column, holder, text)) for row, holder, text in rows]
        again = [(row, self._seal(column, holder, text)) for row, holder, text in opened if text]
        self._store_rows((column,), again)
        return rows[-1][0] if rows else None, len(again), len(rows) - len(again)

    @api.model
    def _store_rows(self, columns, rows):
        """Write ``rows`` of id and a value for each of ``columns``, in one statement.

        For what is kept about a record rather than said by it: no write date, no tracking.
        """
        if not rows:
            return
        self.flush_model(columns)
        values = [list(column) for column in zip(*rows, strict=True)]
        names = [SQL.identifier(name) for name in columns]
        types = [SQL(self._fields[name].column_type[1]) for name in columns]
        self.env.cr.execute(
            SQL(
                "UPDATE %(table)s SET %(sets)s FROM unnest(%(arrays)s) AS given (id, %(names)s)"
                " WHERE %(table)s.id = given.id",
                table=SQL.identifier(self._table),
                sets=SQL(", ").join(
                    SQL("%s = %s", name, SQL.identifier("given", column))
                    for name, column in zip(names, columns, strict=True)
                ),
                arrays=SQL(", ").join(
                    SQL("%s::%s[]", array, kind)
                    for array, kind in zip(values, [SQL("int4"), *types], strict=True)
                ),
                names=SQL(", ").join(names),
            )
        )
        self.browse(values[0]).invalidate_recordset(columns)
