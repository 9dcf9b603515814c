import { TicketScreen } from "@point_of_sale/app/screens/ticket_screen/ticket_screen";
import "@pos_loyalty/app/screens/ticket_screen/ticket_screen";
import { patch } from "@web/core/utils/patch";
import { isKept } from "@loyalty_club/pos/utils/programs";

patch(TicketScreen.prototype, {
    /**
     * What was paid from a wallet or gift card of the club goes back to it.
     *
     * @override
     */
    _isEWalletGiftCard(orderline) {
        return !isKept(orderline?.reward_id?.program_id) && super._isEWalletGiftCard(...arguments);
    },

    /** @override */
    async onDoRefund() {
        this._includeClubRewards(this.getSelectedOrder());
        return super.onDoRefund(...arguments);
    },

    /**
     * When all goods of an order come back, so does what the member paid with for them.
     */
    _includeClubRewards(order) {
        const lines = order?.lines || [];
        const rewards = lines.filter((line) => isKept(line.reward_id?.program_id));
        const goods = lines.filter((line) => !rewards.includes(line));
        const left = (line) => line.qty - line.refundedQty;
        const chosen = (line) => this.getToRefundDetail(line).qty;
        if (goods.some(chosen) && goods.every((line) => chosen(line) >= left(line))) {
            for (const line of rewards) {
                this.getToRefundDetail(line).qty = left(line);
            }
        }
    },
});
