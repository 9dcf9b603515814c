import { OrderSummary } from "@point_of_sale/app/screens/product_screen/order_summary/order_summary";
import { patch } from "@web/core/utils/patch";
import { formatPoints } from "@loyalty_club/core/amounts";

patch(OrderSummary.prototype, {
    formatPoints,
});
