import { PosOrder } from "@point_of_sale/app/models/pos_order";
import "@loyalty_club/pos/models/pos_order_audience";
import "@loyalty_club/pos/models/pos_order_line";
import { patch } from "@web/core/utils/patch";

patch(PosOrder.prototype, {
    /**
     * Take over what goes for this order's customer.
     *
     * @param {Object|false} answer of the server: card, programs; false: it did not answer
     * @returns {boolean} whether prices or rewards may change
     */
    setClubCustomer(answer) {
        const changed = this.setClubPrograms(answer ? answer.programs : []);
        return this.setClubCard(answer ? answer.card : false) || changed;
    },

    /** What the customer's card takes off prices, as the server said when she was chosen. */
    get clubCardPercent() {
        return this.uiState.clubCard?.percent || 0;
    },

    /**
     * Let a card go for this order.
     *
     * @param {Object|false} card number, percent and the number that was shown, from the server
     * @returns {boolean} whether a price changed
     */
    setClubCard(card) {
        this.uiState.clubCard = card || false;
        this.uiState.clubCardOf = this.partner_id?.id || false;
        // a rule may give more to whoever shows a card than to whoever has one
        this.club_card_code = (card && card.shown) || false;
        return this.applyClubCard();
    },

    /** @returns {boolean} whether a price changed */
    applyClubCard() {
        const percent = this.clubCardPercent;
        return this.lines.map((line) => line.applyClubCard(percent)).some(Boolean);
    },
});
