"""Whose values purchases have made out of date, since the values were last brought up to date."""

from odoo import fields, models


class LoyaltyClubRfmDue(models.Model):
    """A member some of whose purchases came, went or changed hands.

    A trigger of the journal writes it with the purchase, in the same transaction. A mark that says
    up to which number the journal was read would leave out a sale that took its number before and
    was committed after, and earlier purchases that follow a person into her new membership.
    """

    _name = "loyalty.club.rfm.due"
    _inherit = ["loyalty.club.own.work"]
    _description = "Purchases to Be Counted"
    _log_access = False

    # Plain numbers: the purchase beside it has the foreign keys, a sale checks them once.
    member = fields.Integer(required=True, readonly=True)
    club = fields.Integer(required=True, readonly=True)
    # What came, and its moment; of what changed hands nothing is said.
    purchase = fields.Integer(readonly=True)
    date = fields.Datetime(readonly=True)


class LoyaltyClubPurchase(models.Model):
    """The journal says whose values are out of date."""

    _inherit = "loyalty.club.purchase"

    def init(self):
        result = super().init()
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION loyalty_club_purchase_due() RETURNS trigger AS $body$
            BEGIN
                IF TG_OP = 'INSERT' THEN
                    INSERT INTO loyalty_club_rfm_due (member, club, purchase, date)
                    SELECT member_id, club_id, id, date FROM fresh WHERE member_id IS NOT NULL;
                    RETURN NULL;
                END IF;
                INSERT INTO loyalty_club_rfm_due (member, club)
                SELECT member_id, club_id FROM fresh WHERE member_id IS NOT NULL
                 UNION
                SELECT member_id, club_id FROM former WHERE member_id IS NOT NULL;
                RETURN NULL;
            END
            $body$ LANGUAGE plpgsql;
            DROP TRIGGER IF EXISTS loyalty_club_purchase_added ON loyalty_club_purchase;
            CREATE TRIGGER loyalty_club_purchase_added AFTER INSERT ON loyalty_club_purchase
                REFERENCING NEW TABLE AS fresh
                FOR EACH STATEMENT EXECUTE FUNCTION loyalty_club_purchase_due();
            DROP TRIGGER IF EXISTS loyalty_club_purchase_moved ON loyalty_club_purchase;
            CREATE TRIGGER loyalty_club_purchase_moved AFTER UPDATE ON loyalty_club_purchase
                REFERENCING NEW TABLE AS fresh OLD TABLE AS former
                FOR EACH STATEMENT EXECUTE FUNCTION loyalty_club_purchase_due();
            """
        )
        return result
