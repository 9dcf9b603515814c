from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..domain import codes
from ..movement import Authority, Movement, authority


class LoyaltyClubMember(models.Model):
    """Two memberships of one person become one: the value moves, the histories stay where
    they were written, and the old number leads to the membership that stays."""

    _inherit = "loyalty.club.member"
    _rec_names_search = ["number", "partner_id.name", "partner_id.phone", "merged_ids.number"]

    merged_into_id = fields.Many2one(
        "loyalty.club.member",
        string="Merged into",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The membership that has taken over the value, the purchases and the number.",
    )
    merged_ids = fields.One2many(
        "loyalty.club.member", "merged_into_id", string="Former memberships", readonly=True
    )

    # === COMPUTE METHODS === #

    @api.model
    def _search_display_name(self, operator, value):
        """The number of a merged membership finds the one that stays, not the old one."""
        found = super()._search_display_name(operator, value)
        return Domain(found) & Domain("merged_into_id", "=", False)

    # === BUSINESS METHODS === #

    def _survivor(self):
        """The membership that stands for each of these today: itself, if not merged."""
        merged = self.filtered(lambda member: member.merged_into_id and member.state == "closed")
        return (self - merged) | merged.merged_into_id

    @api.model
    def _named_by(self, code):
        """The member whom a number, or the code of a card replaced by a merge, names.

        :param code: as typed or scanned.
        :returns: loyalty.club.member that is not closed, or an empty recordset.
        """
        typed = codes.typed(code or "")
        number, companies = typed.upper(), self.env.companies.ids
        member = self.browse()
        if codes.is_member_number(number):
            member = self.search(
                [("number", "=", number), ("company_id", "in", companies)], limit=1
            )
        elif typed:
            card = (
                self.env["loyalty.card"]
                .with_context(active_test=False)
                .search(
                    [
                        ("code", "in", (code, typed)),
                        ("club_wallet_id.member_id.merged_into_id", "!=", False),
                        ("club_wallet_id.company_id", "in", companies),
                    ],
                    limit=1,
                )
            )
            member = card.club_wallet_id.member_id
        return member._survivor().filtered(lambda found: found.state != "closed")

    @api.model
    def _serving(self, partner, club):
        """The twin of :meth:`_find` for statements over many rows.

        :param partner: column that holds the contact's id, as SQL.
        :param club: column that holds the club's id, as SQL.
        :returns: a SELECT of the one ``id`` of the membership, if there is any.
        """
        return SQL(
            "SELECT COALESCE(merged_into_id, id) AS id FROM loyalty_club_member"
            " WHERE partner_id = %s AND club_id = %s"
            " ORDER BY merged_into_id IS NOT NULL LIMIT 1",
            partner,
            club,
        )

    def _merge_into(self, survivor, note=None):
        """Move everything these memberships have into ``survivor``, and close them.

        Value of every kind moves by entries of its own, lot by lot with expiry and
        conditions; what is owed moves as well. All of it happens, or nothing.

        :param survivor: loyalty.club.member of the same club, not closed.
        :param note: why, in words.
        :raises AccessError: for anyone but a club manager.
        :raises UserError: when one of them is of another club or merged already, the
            survivor is closed, or value is on hold.
        """
        if not (self.env.su or self.env.user.has_group("loyalty_club.group_manager")):
            raise AccessError(self.env._("Only a club manager merges memberships."))
        # sudo: ledger's door; the right was just checked
        sources, survivor = self.sudo(), survivor.sudo()
        sources._check_merge(survivor)
        with self.env.cr.savepoint():
            for source in sources:
                source._merge_one_into(survivor, note)

    def _check_merge(self, survivor):
        survivor.ensure_one()
        if not self or survivor in self:
            raise UserError(
                self.env._("Choose at least two memberships, and the one of them that stays.")
            )
        both = self | survivor
        if len(both.club_id) > 1:
            raise UserError(
                self.env._("Memberships of different clubs stay apart: each club keeps its own.")
            )
        if both.merged_into_id:
            raise UserError(
                self.env._(
                    "%(names)s were merged before.",
                    names=both.filtered("merged_into_id").mapped("number"),
                )
            )
        if survivor.state == "closed":
            raise UserError(
                self.env._(
                    "%(member)s is closed. Reopen the membership that shall stay, or keep "
                    "another one.",
                    member=survivor.display_name,
                )
            )
        self._check_nothing_held(both.wallet_ids)

    def _merge_one_into(self, survivor, note):
        """Merge one membership; everything was checked."""
        before = (self | survivor)._totals()
        self._move_value(survivor, note)
        self._move_journal(survivor)
        self._retire_cards()
        self._write_closed(
            note or self.env._("Merged into %(member)s", member=survivor.number),
            merged_into_id=survivor.id,
        )
        self.merged_ids.merged_into_id = survivor  # one step leads to who is there today
        self._hand_over_profile(survivor)
        if (self | survivor)._totals() != before:
            raise ValueError(f"merging member {self.id} into {survivor.id} changed the total")
        self._tell_of_merge(survivor, note)

    def _totals(self):
        """Sum of the balances of these members, by kind of value: exact, from the tables."""
        self.env["loyalty.club.wallet"].flush_model()
        self.env.cr.execute(
            SQL(
                "SELECT kind_id, SUM(balance)::text FROM loyalty_club_wallet"
                " WHERE member_id IN %s GROUP BY kind_id",
                tuple(self.ids),
            )
        )
        sums = {kind: Decimal(total) for kind, total in self.env.cr.fetchall()}
        return {kind: total for kind, total in sums.items() if total}

    def _move_value(self, survivor, note):
        """Book what leaves the wallets here and enters the survivor's, in one batch."""
        wallets = self.wallet_ids.filtered("balance")
        targets = {kind: kind._wallets_of(survivor)[survivor.id] for kind in wallets.kind_id}
        for kind, target in targets.items():
            self.env["loyalty.card"]._club_create_for(kind, target)
        movements = []
        for wallet, balance in wallets._exact_balances():
            target = targets[wallet.kind_id]
            key = f"merge:{wallet.id}:{wallet.seq}"  # again, if something comes in later
            common = {"origin": (self._name, self.id), "note": note}
            carries = None if wallet.debt else f"{key}:out"  # debts have no lots
            movements += [
                Movement(wallet.id, -balance, "merge_out", f"{key}:out", **common),
                Movement(target.id, balance, "merge_in", f"{key}:in", carries=carries, **common),
            ]
        self.env["loyalty.club.wallet"]._post_or_raise(movements)
        survivor._block_wallets()

    @api.model
    def _cron_forward(self):
        """What came back to a merged membership since, for example by an order that was
        cancelled, follows to the one that took it over."""
        stranded = self.env["loyalty.club.wallet"].search(
            [("member_id.merged_into_id", "!=", False), ("balance", "!=", 0)]
        )
        for member in stranded.member_id:
            member._move_value(
                member.merged_into_id, self.env._("From %(member)s", member=member.number)
            )
            if self.env["ir.cron"]._commit_progress(1) <= 0:
                break

    def _move_journal(self, survivor):
        """Purchases count for the survivor; whose purchase it is may change, the fact stays."""
        self.env["loyalty.club.purchase"].flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE loyalty_club_purchase SET member_id = %s WHERE member_id = %s",
                survivor.id,
                self.id,
            )
        )
        self.env["loyalty.club.purchase"].invalidate_model(["member_id"])
        self.env.cr.execute(SQL("DELETE FROM loyalty_club_rfm WHERE member_id = %s", self.id))
        self.invalidate_recordset(["rfm_id"])
        # The survivor's scores compare with everybody's: they follow with the next analysis.
        self.env.ref("loyalty_club.cron_rfm")._trigger()

    def _retire_cards(self):
        """The cards stay on their wallets, so that their codes tell whose they were."""
        with authority(Authority("adjust", "adjust", "merge")):
            self.wallet_ids.card_ids.write({"active": False})

    def _hand_over_profile(self, survivor):
        """What the survivor does not say of itself is taken over; it began with the elder."""
        values = {"join_date": min(self.join_date, survivor.join_date)}
        if not survivor.branch_id:
            values["branch_id"] = self.branch_id.id
        survivor.write(values)

    def _tell_of_merge(self, survivor, note):
        why = f" ({note})" if note else ""
        self.message_post(
            body=self.env._("Merged into %(member)s", member=survivor.display_name) + why
        )
        survivor.message_post(
            body=self.env._("Took over %(member)s", member=self.display_name) + why
        )


class LoyaltyClubWallet(models.Model):
    _inherit = "loyalty.club.wallet"

    def _exact_balances(self):
        """Pairs of wallet and its balance as an exact Decimal, read from the table."""
        self.flush_model()
        if not self:
            return []
        self.env.cr.execute(
            SQL(
                "SELECT id, balance::text FROM loyalty_club_wallet"
                " WHERE id IN %s AND balance <> 0 ORDER BY id",
                tuple(self.ids),
            )
        )
        return [(self.browse(row[0]), Decimal(row[1])) for row in self.env.cr.fetchall()]

    def _successor(self):
        """The wallet where this one's value is today: its own, unless its member was merged."""
        self.ensure_one()
        survivor = self.member_id.merged_into_id
        return self.kind_id._wallets_of(survivor)[survivor.id] if survivor else self
