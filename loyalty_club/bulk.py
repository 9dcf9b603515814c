"""Thousands of records like one that the ORM has made.

The ORM makes a record at about a millisecond each, mostly for defaults and computed values that
come out the same for every record of a batch. Here the first record of a batch is made by the
ORM, with all that any installed addon does to it; the others are copies of its row that differ
in what is told of each, written by one statement.
"""

from odoo.tools import SQL


def stored_columns(model):
    """Names of the fields of ``model`` that are columns of its table, without ``id``."""
    return [
        name
        for name, field in model._fields.items()
        if field.store and field.column_type and name != "id"
    ]


def copies_of(template, rows):
    """Insert copies of ``template`` that differ in the columns of ``rows``.

    No ``create`` runs and no constraint written in Python: the caller gives sound values.
    Stored values that are computed of the columns given, and are not given themselves, are
    computed by the ORM. A record that ``template`` is for itself, each copy is for itself.

    :param template: one record, flushed or not.
    :param rows: list of dicts of column to value, all with the same columns.
    :returns: the new records in the order of ``rows``.
    """
    if not rows:
        return template.browse()
    template.ensure_one()
    template.flush_recordset()
    env, table = template.env, SQL.identifier(template._table)
    given = list(rows[0])
    own = [name for name in stored_columns(template) if _is_itself(template, name, given)]
    kept = [name for name in stored_columns(template) if name not in {*given, *own}]
    env.cr.execute(
        SQL(
            "SELECT nextval(%s) FROM generate_series(1, %s)", f"{template._table}_id_seq", len(rows)
        )
    )
    ids = [row[0] for row in env.cr.fetchall()]
    arrays = [SQL("%s::int[]", ids)] + [
        SQL("%s::%s[]", [row[name] for row in rows], SQL(template._fields[name].column_type[0]))
        for name in given
    ]
    columns = SQL(", ").join(map(SQL.identifier, ["id", *given]))
    env.cr.execute(
        SQL(
            "INSERT INTO %(table)s (%(columns)s%(own)s%(kept)s)"
            " SELECT %(told)s%(ids)s%(same)s"
            "   FROM unnest(%(arrays)s) AS told (%(columns)s), %(table)s AS template"
            "  WHERE template.id = %(template)s",
            table=table,
            columns=columns,
            own=_listed(SQL.identifier(name) for name in own),
            kept=_listed(SQL.identifier(name) for name in kept),
            told=SQL(", ").join(SQL.identifier("told", name) for name in ["id", *given]),
            ids=_listed(SQL("told.id") for _name in own),
            same=_listed(SQL.identifier("template", name) for name in kept),
            arrays=SQL(", ").join(arrays),
            template=template.id,
        )
    )
    records = template.browse(ids)
    _forget_lists_of(records, [*own, *kept, *given])
    _compute_what_follows(records, given)
    return records


def _listed(parts):
    return SQL("").join(SQL(", %s", part) for part in parts)


def _is_itself(template, name, given):
    field = template._fields[name]
    if name in given or field.type != "many2one" or field.comodel_name != template._name:
        return False
    return template[name] == template


def _forget_lists_of(records, names):
    """What others hold of lists in which the new records stand is no longer true."""
    for name in names:
        for inverse in records.pool.field_inverses[records._fields[name]]:
            records.env[inverse.model_name].invalidate_model([inverse.name], flush=False)


def _compute_what_follows(records, given):
    """Let the ORM compute the stored fields of ``records`` that depend on what was given."""
    for name in given:
        for field in records.env.registry.get_dependent_fields(records._fields[name]):
            same_model = field.model_name == records._name
            if same_model and field.store and field.compute and field.name not in given:
                records.env.add_to_compute(field, records)
