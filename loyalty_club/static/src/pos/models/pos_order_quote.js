import { PosOrder } from "@point_of_sale/app/models/pos_order";
import "@pos_loyalty/app/models/pos_order";
import { patch } from "@web/core/utils/patch";

/** What the order would earn, as the server said last. */
patch(PosOrder.prototype, {
    /** @returns {Object|false} what is told to the server about the basket; false: nothing to ask */
    get clubBasket() {
        if (this.finalized || !this.partner_id || !this.lines.length) {
            return false;
        }
        return {
            partner_id: this.partner_id.id,
            lines: this.lines
                .filter((line) => !line.refunded_orderline_id)
                .map((line) => ({
                    product_id: line.product_id.id,
                    qty: line.qty,
                    price_subtotal: line.prices.total_excluded,
                    price_subtotal_incl: line.prices.total_included,
                    ...(line.reward_id ? { reward_id: line.reward_id.id } : {}),
                })),
            payments: this.payment_ids.map((payment) => ({
                payment_method_id: payment.payment_method_id.id,
                amount: payment.amount,
            })),
            card_shown: Boolean(this.club_card_code),
        };
    },

    /** Two baskets with the same key earn the same. */
    get clubBasketKey() {
        const basket = this.clubBasket;
        return basket ? JSON.stringify(basket) : "";
    },

    /** @returns {Object|false} the answer for the basket as it is now */
    get clubQuoteNow() {
        const { clubQuote } = this.uiState;
        return (clubQuote && clubQuote.key === this.clubBasketKey && clubQuote.answer) || false;
    },
});
