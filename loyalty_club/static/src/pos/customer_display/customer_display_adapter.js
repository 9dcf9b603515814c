import { CustomerDisplayPosAdapter } from "@point_of_sale/app/customer_display/customer_display_adapter";
import { patch } from "@web/core/utils/patch";

patch(CustomerDisplayPosAdapter.prototype, {
    /** @override */
    formatOrderData(order) {
        super.formatOrderData(...arguments);
        this.data.club = order.clubDisplay;
    },
});
