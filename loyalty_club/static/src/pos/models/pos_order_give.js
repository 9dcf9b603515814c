import { PosOrder } from "@point_of_sale/app/models/pos_order";
import "@loyalty_club/pos/models/pos_order_panel";
import "@loyalty_club/pos/models/pos_order_taken";
import { patch } from "@web/core/utils/patch";

/** What waits for the customer, as the server said when she was chosen. */
patch(PosOrder.prototype, {
    /** @returns {Array<Object>} rewards that this order could hand over and does not yet */
    get clubWaiting() {
        const { clubWaiting, clubPanelOf } = this.uiState;
        const waiting = (clubPanelOf === this.partner_id?.id && clubWaiting) || [];
        const given = new Set(this.clubGiven.map(({ code }) => code));
        return waiting.filter(({ code }) => !given.has(code));
    },

    /** @override */
    setClubCustomer(answer) {
        this.uiState.clubWaiting = (answer && answer.taken) || [];
        return super.setClubCustomer(...arguments);
    },

    /**
     * What she took when she could, she gets.
     *
     * @override
     */
    clubRewardRefusal(reward) {
        const given = this.clubGiven.some(({ reward_id }) => reward_id === reward.id);
        return given ? false : super.clubRewardRefusal(...arguments);
    },
});
