"""Tables whose rows are facts: a trigger refuses to change or delete them."""

from odoo.tools import SQL

# What stands where the words of a fact were, once the person they were about is erased.
ERASED = "–"


def freeze_table(cr, table, repointable=(), erasable=()):
    """Install the trigger that keeps ``table`` append-only.

    The columns in ``repointable`` may change: they say whose the fact is, and follow a
    person whose records are merged; the fact itself stays.

    :param cr: database cursor.
    :param table: name of the table.
    :param repointable: names of columns that an UPDATE may change.
    :param erasable: names of columns with a person's own words, about people perhaps: an UPDATE
        may put ``ERASED`` there, and nothing else.
    """
    function = SQL.identifier(f"{table}_frozen")
    if repointable or erasable:
        same = SQL(
            "IF TG_OP = 'UPDATE'"
            " AND to_jsonb(NEW) - %(free)s::text[] = to_jsonb(OLD) - %(free)s::text[] %(words)s"
            " THEN RETURN NEW; END IF;",
            free=[*repointable, *erasable],
            words=SQL("").join(
                SQL(
                    " AND (NEW.%(name)s = %(erased)s OR NEW.%(name)s IS NOT DISTINCT FROM"
                    " OLD.%(name)s)",
                    name=SQL.identifier(name),
                    erased=ERASED,
                )
                for name in erasable
            ),
        )
    else:
        same = SQL("")
    cr.execute(
        SQL(
            """
            CREATE OR REPLACE FUNCTION %(function)s() RETURNS trigger AS $body$
            BEGIN
                %(same)s
                RAISE EXCEPTION 'rows of %% are facts: they are added, never changed or deleted',
                    TG_TABLE_NAME;
            END
            $body$ LANGUAGE plpgsql;
            DROP TRIGGER IF EXISTS %(function)s ON %(table)s;
            CREATE TRIGGER %(function)s BEFORE UPDATE OR DELETE ON %(table)s
                FOR EACH ROW EXECUTE FUNCTION %(function)s();
            DROP TRIGGER IF EXISTS %(truncate)s ON %(table)s;
            CREATE TRIGGER %(truncate)s BEFORE TRUNCATE ON %(table)s
                FOR EACH STATEMENT EXECUTE FUNCTION %(function)s();
            """,
            function=function,
            same=same,
            table=SQL.identifier(table),
            truncate=SQL.identifier(f"{table}_truncate"),
        )
    )
