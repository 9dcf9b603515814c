import { PaymentScreen } from "@point_of_sale/app/screens/payment_screen/payment_screen";
import { patch } from "@web/core/utils/patch";
import { paysFromClub } from "@loyalty_club/pos/models/pos_payment";

patch(PaymentScreen.prototype, {
    /** @override */
    onMounted() {
        if (this.isRefundOrder) {
            this.currentOrder.proposeClubRefund();
        }
        return super.onMounted(...arguments);
    },

    /**
     * What is held is let go with its payment.
     *
     * @override
     */
    deletePaymentLine(uuid) {
        const payment = this.paymentLines.find((line) => line.uuid === uuid);
        if (payment?.isOfClub) {
            this.pos.paymentTerminalInProgress = false;
            payment.payment_method_id.payment_terminal.release(payment);
            this.currentOrder.removePaymentline(payment);
            this.numberBuffer.reset();
            return;
        }
        return super.deletePaymentLine(...arguments);
    },

    /**
     * Another amount is typed for what is held already: that is let go, and asked for anew.
     *
     * @override
     */
    updateSelectedPaymentline(amount = false) {
        const payment = this.selectedPaymentLine;
        if (payment?.isOfClub && payment.getPaymentStatus() !== "waiting") {
            this._changeClubPayment(payment, amount);
            return;
        }
        return super.updateSelectedPaymentline(...arguments);
    },

    _changeClubPayment(payment, amount) {
        const typed = amount === false ? this.numberBuffer.get() : amount;
        if (typed === null) {
            this.deletePaymentLine(payment.uuid);
            return;
        }
        const value = amount === false ? this.numberBuffer.getFloat() || 0 : amount;
        if (this.isRefundOrder) {
            const most = this.currentOrder.clubPaidBack(payment.payment_method_id);
            payment.setAmount(-Math.min(Math.abs(value), most));
            return;
        }
        if (value !== payment.getAmount()) {
            payment.payment_method_id.payment_terminal.release(payment);
            payment.uiState.clubTyped = true;
            payment.uiState.clubMessage = "";
            payment.setAmount(value);
            payment.setPaymentStatus("pending");
        }
    },

    /**
     * A payment whose amount was typed is held before the order is validated.
     *
     * @override
     */
    async validateOrder() {
        for (const payment of this.paymentLines.filter((line) => line.isOfClub)) {
            if (payment.getPaymentStatus() === "pending") {
                await this.sendPaymentRequest(payment);
                if (!payment.isDone()) {
                    return;
                }
            }
        }
        return super.validateOrder(...arguments);
    },

    /** @override */
    paymentMethodImage(id) {
        const method = this.pos.models["pos.payment.method"].get(id);
        return paysFromClub(method) && !method.image
            ? "/loyalty_club/static/img/club_payment.svg"
            : super.paymentMethodImage(...arguments);
    },
});
