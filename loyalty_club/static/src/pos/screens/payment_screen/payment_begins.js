import { PaymentScreen } from "@point_of_sale/app/screens/payment_screen/payment_screen";
import { patch } from "@web/core/utils/patch";

patch(PaymentScreen.prototype, {
    /** @override */
    onMounted() {
        this.currentOrder?.beginClubPayment();
        return super.onMounted(...arguments);
    },
});
