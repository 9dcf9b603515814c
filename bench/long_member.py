"""Members who bought often, for benchmarks that compare them with new ones."""

import datetime
from decimal import Decimal


def buy(env, member, count):
    """Book ``count`` purchases of a member, what each earned and the message after it."""
    from odoo.addons.loyalty_club.movement import Movement

    now = datetime.datetime.now(tz=datetime.timezone.utc).replace(tzinfo=None, microsecond=0)
    env["loyalty.club.purchase"]._record(
        [
            {
                "partner_id": member.partner_id.id,
                "member_id": member.id,
                "club_id": member.club_id.id,
                "company_id": member.company_id.id,
                "channel": "pos",
                "date": str(now - datetime.timedelta(hours=number)),
                "amount": 10,
                "refund": False,
                "origin_key": f"bench:{member.id}:{number}",
            }
            for number in range(count)
        ]
    )
    wallet = member.wallet_ids[:1]
    outcomes = env["loyalty.club.wallet"]._post(
        Movement(
            wallet_id=wallet.id,
            amount=Decimal(1),
            kind="earn",
            key=f"bench:{wallet.id}:{number}",
            expires_on=now.date() + datetime.timedelta(days=30 + number % 900),
        )
        for number in range(count)
    )
    assert all(outcome.status == "posted" for outcome in outcomes)
    env.cr.execute(
        "INSERT INTO loyalty_club_outbox"
        " (kind, partner_id, company_id, channel, state, create_date)"
        " SELECT 'notice', %s, %s, 'sms', 'sent', now() FROM generate_series(1, %s)",
        [member.partner_id.id, member.company_id.id, count],
    )


def settle(context, name):
    """What autovacuum does after so many new rows."""
    connection = context.connect(name)
    try:
        connection.autocommit = True
        connection.cursor().execute(
            "VACUUM ANALYZE loyalty_club_purchase, loyalty_club_entry, loyalty_club_lot,"
            " loyalty_club_outbox, loyalty_club_member"
        )
    finally:
        connection.close()
