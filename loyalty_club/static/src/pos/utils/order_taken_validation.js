import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import "@loyalty_club/pos/utils/order_payment_validation";
import { patch } from "@web/core/utils/patch";

patch(OrderPaymentValidation.prototype, {
    /**
     * Stock asks the server whether the cards have what the order spends: of rewards that were
     * taken beforehand, the server holds it.
     *
     * @override
     */
    async validateOrder() {
        const lent = Object.values(this.order.uiState.couponPointChanges)
            .map((change) => [change, this.order.clubLoan(change.coupon_id)])
            .filter(([, loan]) => loan);
        for (const [change, loan] of lent) {
            change.points += loan;
        }
        try {
            return await super.validateOrder(...arguments);
        } finally {
            for (const [change, loan] of lent) {
                change.points -= loan;
            }
        }
    },
});
