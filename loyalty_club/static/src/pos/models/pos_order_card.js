import { PosOrder } from "@point_of_sale/app/models/pos_order";
import "@loyalty_club/pos/models/pos_order_audience";
import "@loyalty_club/pos/models/pos_order_line";
import { patch } from "@web/core/utils/patch";
import { isKept } from "@loyalty_club/pos/utils/programs";

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

    /**
     * A free product takes off what it costs on this order, not what it costs without a card.
     *
     * @override
     */
    _getRewardLineValuesProduct({ reward }) {
        const values = super._getRewardLineValuesProduct(...arguments);
        const rewards = isKept(reward.program_id) && Array.isArray(values) ? values : [];
        for (const vals of rewards) {
            const sold = this.lines.find(
                (line) =>
                    !line.is_reward_line && line.product_id?.id === vals._reward_product_id?.id
            );
            const share = 1 - (sold?.club_card_discount || 0) / 100;
            vals.price_unit = this.currency.round(vals.price_unit * share);
        }
        return values;
    },
});
