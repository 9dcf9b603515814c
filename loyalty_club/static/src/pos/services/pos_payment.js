import { PosStore } from "@point_of_sale/app/services/pos_store";
import { paysFromClub } from "@loyalty_club/pos/models/pos_payment";
import "@loyalty_club/pos/models/pos_order_payment";
import "@loyalty_club/pos/services/pos_card";
import "@loyalty_club/pos/utils/payment_club_wallet";
import { patch } from "@web/core/utils/patch";

/** What is held on the server for payments follows what becomes of their orders. */
patch(PosStore.prototype, {
    /** @override */
    async afterProcessServerData() {
        const result = await super.afterProcessServerData(...arguments);
        this._recallClubPayments();
        return result;
    },

    /** The till was loaded anew: payments under way are asked for by their keys. */
    async _recallClubPayments() {
        for (const order of this.getOpenOrders()) {
            for (const payment of order.clubPayments.filter((p) => !p.isDone())) {
                await payment.payment_method_id.payment_terminal?.recall(payment);
            }
        }
    },

    /** @override */
    async deleteOrders(orders) {
        const held = orders.filter((o) => o && !o.finalized).flatMap((o) => [...o.clubPayments]);
        const deleted = await super.deleteOrders(...arguments);
        if (deleted) {
            this._releaseClubPayments(held);
        }
        return deleted;
    },

    /**
     * Beside a way to pay stands what the customer has for it.
     *
     * @override
     */
    getPaymentMethodFmtAmount(method, order) {
        return paysFromClub(method)
            ? order.clubLeftText(method)
            : super.getPaymentMethodFmtAmount(...arguments);
    },

    _releaseClubPayments(payments) {
        for (const { club_key: key } of payments) {
            this._askClub("release", { key }).catch(() => {}); // else the time runs out by itself
        }
    },
});
