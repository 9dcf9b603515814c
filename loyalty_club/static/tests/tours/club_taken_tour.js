import * as Order from "@point_of_sale/../tests/generic_helpers/order_widget_util";
import * as PosLoyalty from "@pos_loyalty/../tests/tours/utils/pos_loyalty_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as Club from "@loyalty_club/../tests/tours/utils/club_till_util";
import { negate } from "@point_of_sale/../tests/generic_helpers/utils";
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** Code of the reward, which the test put into a cookie. */
function code() {
    return document.cookie.match(/club_reward=(\w+)/)[1];
}

function findByCode() {
    return [
        { trigger: ".product-screen .club-find", run: "click" },
        { trigger: ".club-finder-text", run: `edit ${code().toLowerCase()}` },
        { trigger: ".club-finder-text", run: "press Enter" },
    ];
}

tours.add("ClubTakenByCode", {
    steps: () =>
        [
            Club.start(),
            ProductScreen.clickDisplayedProduct("Sugar"),
            // Her code names her, and brings tea and what takes it off; her card takes 5 % off both.
            findByCode(),
            ProductScreen.customerIsSelected("Sara"),
            Order.hasLine({ productName: "Tea", quantity: "1" }),
            PosLoyalty.hasRewardLine("Free tea", "-95.00"),
            Order.hasTotal("4.75"),
            Club.pointsLeftAre("0 points"),
            { trigger: negate(".club-panel-taken") },
            Club.pay("4.75"),
            { trigger: ".receipt-screen" },
        ].flat(Infinity),
});

tours.add("ClubTakenFromPanel", {
    steps: () =>
        [
            Club.start(),
            ProductScreen.clickDisplayedProduct("Tea"),
            Club.choose("Sara"),
            Club.pointsLeftAre("90 points"),
            { trigger: '.club-panel-taken:contains("Five off")' },
            { trigger: ".club-panel-give", run: "click" },
            PosLoyalty.hasRewardLine("Five off", "-5.00"),
            { trigger: negate(".club-panel-taken") },
            Club.pointsLeftAre("90 points"),
            // The order changes, the reward stays.
            ProductScreen.clickDisplayedProduct("Tea"),
            Order.hasTotal("195.00"),
            // Taken off again, it waits; and comes back.
            PosLoyalty.removeRewardLine("Five off"),
            Order.hasTotal("200.00"),
            { trigger: ".club-panel-give", run: "click" },
            Order.hasTotal("195.00"),
            Club.pay("195.00"),
            { trigger: ".receipt-screen" },
        ].flat(Infinity),
});
