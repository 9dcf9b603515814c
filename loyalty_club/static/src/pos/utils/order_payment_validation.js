import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import "@pos_loyalty/app/utils/order_payment_validation";
import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { patch } from "@web/core/utils/patch";

patch(OrderPaymentValidation.prototype, {
    /**
     * Value that the club keeps is spent only where the server can say that it is there.
     *
     * @override
     */
    async validateOrder() {
        const order = this.order;
        if (order.clubSpendingLines.length && !(await this.pos.isClubReachable())) {
            this.pos.dialog.add(AlertDialog, {
                title: _t("Till is offline"),
                body: _t(
                    "Points, prepaid credit and gift cards can be used only while the till is " +
                        "connected. Remove the reward from this order, or wait for the connection."
                ),
            });
            return false;
        }
        const idle = order.takeIdleClubChanges();
        try {
            return await super.validateOrder(...arguments);
        } finally {
            if (!order.finalized) {
                Object.assign(order.uiState.couponPointChanges, idle);
            }
            if (order.clubOverspends) {
                this.pos.refreshClubSpending(order);
            }
        }
    },

    /**
     * The server refused the order: whatever the till believed about balances may be wrong.
     *
     * @override
     */
    handleValidationError(error) {
        const result = super.handleValidationError(...arguments);
        if (error instanceof RPCError) {
            this.pos.refreshClubSpending(this.order);
            this.pos.forgetClubCard(this.order);
        }
        return result;
    },
});
