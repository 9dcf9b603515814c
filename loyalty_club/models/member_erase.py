from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, formatLang

from ..clock import today_in
from .append_only import ERASED

# What the membership itself says of the person.
_EMPTIED = (
    "branch_id", "external_ref", "close_reason", "mobile", "proven_mobile", "contact_changed_at",
    "identity_type", "identity_sealed", "identity_index", "birthday_plain", "birthday_sealed",
    "birth_gregorian", "birth_jalali", "anniversary_plain", "anniversary_sealed",
    "anniversary_gregorian", "anniversary_jalali", "age_group", "sex", "education", "area_id",
    "occupation", "preferred_channel", "preferred_reward",
)  # fmt: skip
# Rows that are the person's own and say nothing of value: table → column of the member.
_DELETED = (
    ("loyalty_club_family_member", "member_id"),
    ("loyalty_club_consent", "member_id"),
    ("loyalty_club_push_device", "member_id"),
    ("loyalty_club_segment_member", "member_id"),
    ("loyalty_club_review", "member_id"),
    ("loyalty_club_duplicate", "member_id"),
    ("loyalty_club_duplicate", "other_id"),
)
# Words that somebody wrote about the person, on rows that stay.
_WORDS = (
    ("loyalty_club_consent_change", "proof", "member_id"),
    ("loyalty_club_agreement_acceptance", "proof", "member_id"),
    ("loyalty_club_card_event", "reason", "member_id"),
    ("loyalty_club_reveal", "reason", "member_id"),
    ("loyalty_club_tier_change", "note", "member_id"),
    ("loyalty_club_tier_invitation", "note", "member_id"),
    ("loyalty_club_tier_invitation", "reply", "member_id"),
    ("loyalty_club_act", "note", "member_id"),
    ("loyalty_club_assessment", "note", "member_id"),
    ("loyalty_club_transfer", "reason", "sender_id"),
    ("loyalty_club_transfer", "reason", "receiver_id"),
)
_WORDS_OF_WALLET = (
    ("loyalty_club_adjustment", "reason"),
    ("loyalty_club_hold", "note"),
    ("loyalty_club_hold", "release_reason"),
)
# Documents whose name is all that a note of the ledger says.
_DOCUMENTS = ("pos.order", "sale.order", "account.move", "loyalty.club.occasion.charge")


class LoyaltyClubMember(models.Model):
    """What becomes of a membership whose member is erased: it stays under its number, with its
    wallets, entries and purchases, and says nothing of anybody."""

    _inherit = "loyalty.club.member"

    erased_on = fields.Date(string="Erased on", readonly=True, copy=False)
    erasure_ids = fields.One2many("loyalty.club.erasure", "member_id", readonly=True)

    # === CRUD METHODS === #

    def _is_own_field(self, name):
        return name in {"erased_on", "erasure_ids"} or super()._is_own_field(name)

    def _check_own_fields(self, vals):
        if not self.env.su and "erased_on" in vals:
            raise UserError(self.env._("A member is erased by “Erase”, not by hand."))
        return super()._check_own_fields(vals)

    def _check_status_right(self, vals):
        if vals.get("state", "closed") != "closed" and any(self.sudo().mapped("erased_on")):
            # sudo: whether it is so, for whoever may change the status
            raise UserError(
                self.env._("This member was erased and stays closed. Enrol the person anew.")
            )
        return super()._check_status_right(vals)

    # === ACTION METHODS === #

    def action_erase(self):
        """Ask why the member shall be erased; another manager decides.

        :raises AccessError: for anyone who may not change the member.
        """
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Erase member"),
            "res_model": "loyalty.club.erasure.decision",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_member_id": self.id},
        }

    # === BUSINESS METHODS === #

    def _check_erasable(self):
        """What must come to its end before a person can be forgotten.

        :raises UserError: saying what to do first.
        """
        self.ensure_one()
        whole = self | self.merged_ids
        self._check_nothing_held(whole.wallet_ids)
        invoices = self.env["account.move"].search(
            [
                ("partner_id", "in", whole.partner_id.ids),
                ("move_type", "in", ("out_invoice", "out_receipt")),
                ("state", "=", "posted"),
                ("amount_residual", ">", 0),
            ]
        )
        if invoices:
            raise UserError(
                self.env._(
                    "%(number)s is not paid: %(amount)s. Let it be paid or write it off, then try "
                    "again; or refuse, and say so.",
                    number=invoices[0].name,
                    amount=formatLang(self.env, invoices[0].amount_residual),
                )
            )

    def _contact_obstacles(self):
        """Why the contact has to stay as it is: it is needed for something else.

        :returns: list of sentences; empty when the person can be erased everywhere.
        """
        self.ensure_one()
        whole = self | self.merged_ids
        partners = whole.partner_id.with_context(active_test=False)
        others = partners.club_member_ids - whole
        found = []
        if others.filtered(lambda other: not other.erased_on):
            found.append(
                self.env._(
                    "The person is a member of %(clubs)s, too.",
                    clubs=others.club_id.mapped("name"),
                )
            )
        if partners.user_ids.filtered(lambda user: user._is_internal()):
            found.append(self.env._("The person works here: the contact is a user's."))
        if self.env["res.company"].search_count([("partner_id", "in", partners.ids)], limit=1):
            found.append(self.env._("The contact is a company of this database."))
        if self._is_supplier(partners):
            found.append(self.env._("There are bills of this contact, which the law lets keep."))
        return found

    def _is_supplier(self, partners):
        bills = [("move_type", "in", ("in_invoice", "in_refund", "in_receipt"))]
        domain = [("partner_id", "in", partners.ids), ("state", "=", "posted"), *bills]
        return bool(self.env["account.move"].search_count(domain, limit=1))

    def _erase(self, scope, fate):
        """Forget the person behind this membership. The caller has checked everything.

        Value that is left follows ``fate``; entries, lots, purchases and their seals stay.

        :param scope: ``person``, or ``membership`` when the contact has to stay.
        :param fate: one of ``CLOSING_POLICIES``.
        """
        self.ensure_one()
        whole = self | self.merged_ids
        self._close_to_erase(fate)
        partners, label = whole.partner_id, self._erased_name()
        self.env.flush_all()
        if scope == "person":
            whole._forget_documents(partners, label)
        else:
            whole._leave_contact(label)
        whole._forget_profile()
        whole._forget_cards()
        whole._forget_words()
        whole._forget_messages()
        if scope == "person":
            partners._club_erase(label)
        self.env.flush_all()
        self.env.invalidate_all()

    def _erased_name(self):
        return self.env._("Erased member %(number)s", number=self.number)

    def _close_to_erase(self, fate):
        """Close the membership; what is left becomes what the erasure says."""
        if self.state == "closed":
            return
        fates = {}
        for wallet, _left, _paid in self._left_to_close():
            kept = fate == "payout" and wallet.type != "ewallet"
            fates[wallet] = "forfeit" if kept else fate
        self._close(self.env._("Erased"), fates)

    def _leave_contact(self, label):
        """The contact stays; the memberships become those of a contact who is nobody."""
        nobody = self.env["res.partner"].create({"name": label, "active": False})
        self.env.cr.execute(
            SQL(
                """
                UPDATE loyalty_club_member SET partner_id = %(nobody)s WHERE id = ANY(%(ids)s);
                UPDATE loyalty_club_purchase SET partner_id = %(nobody)s
                 WHERE member_id = ANY(%(ids)s);
                UPDATE loyalty_card SET partner_id = %(nobody)s WHERE club_wallet_id IN (
                       SELECT id FROM loyalty_club_wallet WHERE member_id = ANY(%(ids)s));
                """,
                nobody=nobody.id,
                ids=self.ids,
            )
        )

    def _forget_profile(self):
        columns = [name for name in _EMPTIED if name in self._fields]
        sets = SQL(", ").join(SQL("%s = NULL", SQL.identifier(name)) for name in columns)
        self.env.cr.execute(
            SQL(
                "UPDATE loyalty_club_member SET %s, erased_on = %s WHERE id = ANY(%s)",
                sets,
                today_in(self[:1].company_id),
                self.ids,
            )
        )
        interests = self._fields["interest_ids"]
        for table, column in (*_DELETED, (interests.relation, interests.column1)):
            self._delete_where(table, column, self.ids)

    def _delete_where(self, table, column, ids):
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE %s = ANY(%s)",
                SQL.identifier(table),
                SQL.identifier(column),
                list(ids),
            )
        )

    def _forget_cards(self):
        """The numbers are retired with the cards: whoever finds one learns nothing by it."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE loyalty_club_card
                   SET state = CASE WHEN state IN ('active', 'stock') THEN 'blocked' ELSE state END,
                       ended_on = COALESCE(ended_on, now() AT TIME ZONE 'UTC'),
                       number = 'erased-' || id, serial = NULL, reason = NULL, pin_hash = NULL,
                       uid_index = NULL, uid_sealed = NULL, uid_masked = NULL
                 WHERE member_id = ANY(%(members)s);
                UPDATE loyalty_card SET code = 'erased-' || id, active = FALSE
                 WHERE club_wallet_id IN (
                       SELECT id FROM loyalty_club_wallet WHERE member_id = ANY(%(members)s));
                UPDATE loyalty_history SET description = %(erased)s
                 WHERE card_id IN (SELECT id FROM loyalty_card WHERE club_wallet_id IN (
                       SELECT id FROM loyalty_club_wallet WHERE member_id = ANY(%(members)s)));
                """,
                members=self.ids,
                erased=ERASED,
            )
        )

    def _forget_words(self):
        """What people wrote about the member where facts stay: triggers allow this alone."""
        for table, column, holder in _WORDS:
            self._wipe(table, column, SQL("%s = ANY(%s)", SQL.identifier(holder), self.ids))
        of_wallet = SQL(
            "wallet_id IN (SELECT id FROM loyalty_club_wallet WHERE member_id = ANY(%s))", self.ids
        )
        for table, column in _WORDS_OF_WALLET:
            self._wipe(table, column, of_wallet)
        self._wipe(
            "loyalty_club_entry",
            "note",
            SQL(
                "member_id = ANY(%s) AND COALESCE(origin_model, '') <> ALL(%s)",
                self.ids,
                list(_DOCUMENTS),
            ),
        )
        self._wipe(
            "loyalty_club_lot_change",
            "reason",
            SQL("lot_id IN (SELECT id FROM loyalty_club_lot WHERE %s)", of_wallet),
        )

    def _wipe(self, table, column, where):
        column = SQL.identifier(column)
        self.env.cr.execute(
            SQL(
                "UPDATE %(table)s SET %(column)s = %(erased)s"
                " WHERE %(column)s IS NOT NULL AND %(where)s",
                table=SQL.identifier(table),
                column=column,
                erased=ERASED,
                where=where,
            )
        )
