import { OrderReceipt } from "@point_of_sale/app/screens/receipt_screen/receipt/order_receipt";
import { patch } from "@web/core/utils/patch";
import { formatPoints } from "@loyalty_club/core/amounts";

patch(OrderReceipt.prototype, {
    /**
     * @param {number} points
     * @returns {string} with the name the club gives its points
     */
    clubPoints(points) {
        return formatPoints(points, this.order.club_point_name);
    },
});
