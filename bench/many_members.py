"""A club with as many members as wanted, made by the database out of one that the ORM made.

Each has a contact with a mobile number, a membership, an identification card, a points wallet and
the card by which stock's till knows it.
"""

from odoo.tools import SQL

FIRST = 50_000_000  # ids of the copies begin here, so that each follows from its number


def fill(env, club, count):
    """Give ``club`` so many members; :func:`mobile` says their numbers."""
    member = env["loyalty.club.member"]._enrol(
        club, env["res.partner"].create({"name": "First of many", "phone": "+989100000000"})
    )
    card = env["loyalty.club.card"].search([("member_id", "=", member.id)], limit=1)
    card = card or env["loyalty.club.card"]._make(club, [{"member_id": member.id}])
    wallet = club.points_kind_id._wallets_of(member)[member.id]
    mirror = wallet.card_ids
    env.flush_all()
    number = "to_char(n, 'FM0000000')"
    phone = f"'+98912' || {number}"
    name = "'مشتری ' || n"
    partner, joined, purse = (f"{FIRST} + n" for _table in range(3))
    _copies(
        env,
        member.partner_id,
        count,
        name=name,
        complete_name=name,
        phone=phone,
        phone_sanitized=phone,
        commercial_partner_id=partner,
    )
    _copies(env, member, count, partner_id=partner, number=f"'7' || {number} || '00'", mobile=phone)
    _copies(env, wallet, count, member_id=joined)
    _copies(
        env,
        mirror,
        count,
        partner_id=partner,
        club_wallet_id=purse,
        code=f"'many-' || {number}",
        points="17",
    )
    _copies(env, card, count, member_id=joined, number=f"'7' || {number} || '0000000'")
    env.cr.commit()
    for record in (member.partner_id, member, wallet, mirror, card):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(record._table)))
    env.invalidate_all()


def mobile(number):
    """As people write it."""
    return f"0912{number:07d}"


def _copies(env, record, count, **values):
    """Insert copies of one row; ``values`` are SQL expressions of the number ``n``."""
    env.cr.execute(
        SQL(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND table_schema = 'public' AND is_generated = 'NEVER'",
            record._table,
        )
    )
    columns = [name for (name,) in env.cr.fetchall() if name != "id"]
    told = SQL(", ").join(
        SQL(values[name]) if name in values else SQL.identifier("template", name)
        for name in columns
    )
    env.cr.execute(
        SQL(
            "INSERT INTO %(table)s (id, %(columns)s)"
            " SELECT %(first)s + n, %(told)s FROM generate_series(1, %(count)s) AS n,"
            "        %(table)s AS template WHERE template.id = %(id)s",
            table=SQL.identifier(record._table),
            columns=SQL(", ").join(map(SQL.identifier, columns)),
            first=FIRST,
            told=told,
            count=count,
            id=record.id,
        )
    )
