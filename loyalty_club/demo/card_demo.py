"""The cards of the sample club: one of every kind and in every state, and a batch in stock."""

from .sample import Sample


def load(club):
    """Give the members of the sample club their cards; called once, by the sample data."""
    cards = Cards(club)
    cards.virtual()
    cards.batch()
    cards.printed()
    cards.chips()
    cards.play()
    club.auto_card = True


class Cards(Sample):
    """What happened to the cards, through the doors that staff uses."""

    def __init__(self, club):
        super().__init__(club)
        self.Card = self.env["loyalty.club.card"]

    def virtual(self):
        """Every member has a virtual card since the day of joining, as the club wants it."""
        members = self.club.member_ids.filtered(
            lambda member: not member.merged_into_id and member.state != "closed"
        )
        for day, group in members.grouped("join_date").items():
            self.at(max((self.today - day).days, 0), self.Card._make_virtual, group)

    def batch(self):
        """Cards from the printer's shop, and numbers that were printed elsewhere before."""
        self.at(70, self._make_batch, "card_batch_vanak", "First print", 40, "branch_vanak")
        self.at(6, self._make_batch, "card_batch_isfahan", "For Isfahan", 25, "branch_isfahan")

    def _make_batch(self, xml_id, name, count, branch):
        batch = self.env["loyalty.club.card.batch"]._make(
            self.club, name, count=count, branch=self.ref(branch), type="physical"
        )
        self.named(xml_id, batch)

    def printed(self):
        """Active with a discount, lost and replaced, blocked, worn and replaced, expired."""
        self.at(62, self._issue, "card_sara", "member_sara")
        terms = {"discount_percent": 5.0, "discount_mode": "discount"}
        self.at(61, self._write, "card_sara", terms)
        self.at(55, self._issue, "card_nasrin", "member_nasrin")
        self.at(20, self._call, "card_nasrin", "_report_lost", "Left in a taxi")
        self.at(19, self._replace, "card_nasrin", "card_nasrin_new", "The lost one never came back")
        self.at(50, self._issue, "card_ali", "member_ali")
        self.at(10, self._call, "card_ali", "_block", "Used by somebody else")
        self.at(45, self._issue, "card_zahra", "member_zahra")
        self.at(5, self._replace, "card_zahra", "card_zahra_new", "The barcode was worn")
        self.at(40, self._issue, "card_omid", "member_omid")
        self.at(39, self._write, "card_omid", {"expires_on": self.day(-3)})
        self.at(2, self.Card._cron_expire)

    def chips(self):
        """A chip card whose discount is charged as credit."""
        chip = {"uid": "04:A2:24:5B:6C:1D:80", "type": "rfid", "branch": self.ref("branch_tajrish")}
        self.at(30, self._issue, "card_pars", "member_pars", **chip)
        self.at(30, self._write, "card_pars", {"discount_percent": 3.0, "discount_mode": "credit"})

    def _issue(self, xml_id, member, **values):
        if not values:
            stock = [("batch_id", "=", self.ref("card_batch_vanak").id), ("state", "=", "stock")]
            values["number"] = self.Card.search(stock, order="serial", limit=1).number
        self.named(xml_id, self.Card._issue(self.club, self.ref(member), **values))

    def _write(self, xml_id, values):
        self.ref(xml_id).with_env(self.env).write(values)

    def _call(self, xml_id, method, reason):
        getattr(self.ref(xml_id).with_env(self.env), method)(reason)

    def _replace(self, xml_id, new_xml_id, reason):
        self.named(new_xml_id, self.ref(xml_id).with_env(self.env)._replace(reason))
