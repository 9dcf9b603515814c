import { PosPayment } from "@point_of_sale/app/models/pos_payment";
import { patch } from "@web/core/utils/patch";

/** @param {Object} [method] pos.payment.method: whether it pays with value of the club */
export function paysFromClub(method) {
    return method?.use_payment_terminal === "club_wallet";
}

patch(PosPayment.prototype, {
    /** @override */
    initState() {
        super.initState();
        // message: why the server refused; typed: the cashier chose the amount; card: of a
        // bearer, kept until the payment is through
        this.uiState = { ...this.uiState, clubMessage: "", clubTyped: false, clubCard: "" };
        this.uiState.clubLeft = false; // what the customer can still pay so
    },

    get isOfClub() {
        return paysFromClub(this.payment_method_id);
    },

    /** Whether the ledger may hold something for this payment. */
    get mayBeHeld() {
        return this.isOfClub && Boolean(this.club_key);
    },

    /** Whether the server said what the customer can still pay so. */
    get hasClubLeft() {
        return typeof this.uiState.clubLeft === "number";
    },

    /** Another amount, or another try after the time was over, is another request. */
    forgetClubKey() {
        this.club_key = false;
    },
});
