"""Words for the tests of values: a club whose members buy on days before one fixed day."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

from ..models import journal_shares
from .common import ClubCommon

TODAY = date(2025, 6, 30)


def in_shares(case):
    """Let the pass over the journal be divided, as that of a large club is."""
    for name, value in (("_SAMPLE", 100), ("_LEAST", 0), ("_LEAST_IDS", 2), ("_MEMBER", 1)):
        case.startPatcher(patch.object(journal_shares, name, value))
    journal = case.env.registry["loyalty.club.purchase"]
    case.startPatcher(patch.object(journal, "_is_most_of_all", lambda self, club: True))


class RfmCommon(ClubCommon):
    """The test club with eight members, all of whose purchases are made here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "UTC"
        cls.members = [cls.new_member(f"M{number}") for number in range(8)]
        cls.count = 0

    def buy(self, member, days_ago, amount, refund=False, time="10:00:00", partner=None):
        type(self).count += 1
        moment = datetime.fromisoformat(f"{TODAY} {time}") - timedelta(days=days_ago)
        self.env["loyalty.club.purchase"]._record(
            [
                {
                    "partner_id": (partner or member.partner_id).id,
                    "member_id": member.id if member else None,
                    "club_id": self.club.id,
                    "company_id": self.company.id,
                    "channel": "import",
                    "date": str(moment),
                    "amount": amount,
                    "refund": refund,
                    "origin_key": f"test:{self.count}",
                }
            ]
        )

    def rebuild(self, today=TODAY):
        self.env["loyalty.club.rfm"]._rebuild(self.club, today=today)

    def update(self, today=TODAY):
        self.env["loyalty.club.rfm"]._update(self.club, today=today)

    def table(self):
        """The values of the club as they are stored, by member."""
        self.env.cr.execute(
            "SELECT member_id, first_purchase_on, last_purchase_on, frequency, monetary,"
            " monetary_before, visits, gap_sum, gap_squares, r, f, m, total, class_id,"
            " lifecycle_id FROM loyalty_club_rfm WHERE club_id = %s ORDER BY member_id",
            [self.club.id],
        )
        return self.env.cr.fetchall()
