import { OrderReceipt } from "@point_of_sale/app/screens/receipt_screen/receipt/order_receipt";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { patch } from "@web/core/utils/patch";

patch(OrderReceipt.prototype, {
    /**
     * The last day of a coupon in the cashier's format and calendar.
     *
     * @param {string} date as the server writes it
     * @returns {string}
     */
    formatCouponDate(date) {
        return formatDate(deserializeDate(date));
    },
});
