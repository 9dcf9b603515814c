import { PosOrder } from "@point_of_sale/app/models/pos_order";
import { patch } from "@web/core/utils/patch";

/** A customer of whom the till, being offline, knows but the number that was read. */
patch(PosOrder.prototype, {
    /**
     * Keep a number with the order. The server finds whose it is when the order arrives.
     *
     * @param {string} code
     * @returns {boolean} whether it is kept: not once payment has begun, or with a customer
     */
    keepClubCode(code) {
        if (this.finalized || this.partner_id || this.club_payment_begun) {
            return false;
        }
        this.update({ club_read_code: code });
        return true;
    },

    dropClubCode() {
        this.update({ club_read_code: false });
    },

    /** @override */
    setPartner(partner) {
        if (partner) {
            this.dropClubCode();
        }
        return super.setPartner(...arguments);
    },
});
