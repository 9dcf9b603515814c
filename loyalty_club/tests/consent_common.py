"""Words for the tests of consents: who agrees, what was recorded."""

from .common import ClubCommon


class ConsentCommon(ClubCommon):
    """Sara and Omid can be reached by SMS and e-mail, and have agreed to nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.ir")
        cls.sara = cls.reachable(cls.member, "09121110001", "sara@example.com")
        cls.omid = cls.reachable(cls.new_member("Omid"), "09121110002", "omid@example.com")
        cls.marketing = cls.purpose("marketing")

    @classmethod
    def reachable(cls, member, phone, email):
        member.partner_id.write({"phone": phone, "email": email})
        return member

    @classmethod
    def purpose(cls, code, club=None):
        """The purpose of that code of a club, the test club's by default."""
        return cls.env["loyalty.club.purpose"].search(
            [("club_id", "=", (club or cls.club).id), ("code", "=", code)]
        )

    def say(self, members, given, channel="sms", code="marketing", source="portal", **values):
        """Let members answer to one purpose on one channel; the facts."""
        return members._set_consents({(code, channel): given}, source, **values)

    def facts(self, member=None):
        """What was recorded of a member, oldest first: channel, yes or no, source."""
        changes = self.env["loyalty.club.consent.change"].search(
            [("member_id", "=", (member or self.sara).id)], order="id"
        )
        return [(change.channel, change.given, change.source) for change in changes]

    def agree(self, channel="sms", code="marketing"):
        """Who of the two may be turned to now."""
        return (self.sara | self.omid)._agreed(code, channel)

    def on_list(self, address):
        """Whether Odoo's own mailings leave the address out."""
        model, field = (
            ("mail.blacklist", "email") if "@" in address else ("phone.blacklist", "number")
        )
        return bool(self.env[model].search_count([(field, "=", address)]))
