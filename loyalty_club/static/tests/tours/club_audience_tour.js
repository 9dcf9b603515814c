import * as Order from "@point_of_sale/../tests/generic_helpers/order_widget_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as Club from "@loyalty_club/../tests/tours/utils/club_till_util";
import { registry } from "@web/core/registry";

function steps() {
    return [
        Club.start(),
        ProductScreen.clickDisplayedProduct("Tea"),
        Order.hasTotal("100.00"),

        // The discount is there for whom it is, and for nobody else.
        Club.choose("Stranger"),
        Order.hasTotal("100.00"),
        Club.choose("Sara"),
        Order.hasTotal("90.00"),
        Club.choose("Stranger"),
        Order.hasTotal("100.00"),
        Club.choose("Sara"),
        Order.hasTotal("90.00"),
        Club.pay("90.00"),
        Club.receiptSays({
            member: Club.number(),
            earned: "9 points",
            balance: "9 points",
        }),
    ];
}

registry
    .category("web_tour.tours")
    .add("ClubTillAudience", { steps: () => steps().flat(Infinity) });
