import { PosOrder } from "@point_of_sale/app/models/pos_order";
import { patch } from "@web/core/utils/patch";

/** The customer is fixed when payment begins; the server decides what that means. */
patch(PosOrder.prototype, {
    /** Payment begins: whoever is the customer now is whom the sale counts for. */
    beginClubPayment() {
        if (!this.finalized && !this.club_payment_begun) {
            this.update({
                club_payment_begun: true,
                club_fixed_customer: this.partner_id?.id || 0,
            });
        }
    },

    /** Whether the customer was chosen too late for this sale to count for her. */
    get isClubCustomerLate() {
        return Boolean(
            this.config.club_fix_customer &&
            this.club_payment_begun &&
            this.partner_id &&
            this.partner_id.id !== this.club_fixed_customer
        );
    },
});
