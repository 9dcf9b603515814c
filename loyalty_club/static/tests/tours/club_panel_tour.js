/* global posmodel */
import * as Order from "@point_of_sale/../tests/generic_helpers/order_widget_util";
import * as PosLoyalty from "@pos_loyalty/../tests/tours/utils/pos_loyalty_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as Club from "@loyalty_club/../tests/tours/utils/club_till_util";
import { negate, run } from "@point_of_sale/../tests/generic_helpers/utils";
import { registry } from "@web/core/registry";

const REWARD = "Discount for points";
const tours = registry.category("web_tour.tours");

function panelSays(part, text) {
    return { trigger: `.club-panel-${part}:contains("${text}")` };
}

function quoteSays(text) {
    return { trigger: `.club-quote:not(.opacity-50) .club-quote-earned:contains("${text}")` };
}

/** Type a number of points into the popup and use them. */
function usePoints(...keys) {
    return [
        { trigger: ".club-use-points", run: "click" },
        ...keys.map((key) => ({
            trigger: `.modal .numpad button:contains("${key}")`,
            run: "click",
        })),
        { trigger: ".modal-footer .btn-primary:enabled", run: "click" },
        { trigger: negate(".modal") },
    ];
}

function displayShows(name, text) {
    return run(() => {
        const shown = posmodel.getOrder().clubDisplay[name];
        if (shown !== text) {
            throw new Error(`The customer's display says ${name}: ${shown}, not ${text}`);
        }
    }, `the customer's display shows ${name}: ${text}`);
}

tours.add("ClubTillPanel", {
    steps: () =>
        [
            Club.start(),
            // Nobody is chosen: the cashier invites.
            panelSays("script", "Would you like to join Test Club?"),

            ProductScreen.clickDisplayedProduct("Tea"),
            Club.choose("Sara"),
            panelSays("script", "Welcome, Sara. You have 100 points."),
            panelSays("tier", "Blue"),
            panelSays("way", "to Silver"),
            panelSays("warning", "reported lost"),
            Club.pointsLeftAre("100 points"),
            quoteSays("10 points"),
            displayShows("earns", "10 points"),

            // Another basket, another quote.
            ProductScreen.clickDisplayedProduct("Tea"),
            quoteSays("20 points"),

            // What can be chosen, and what not, and why.
            { trigger: ".club-panel-more", run: "click" },
            panelSays("reward", "Five off"),
            panelSays("reason", "until"),

            // A part of the points; another part in its place; what it leaves.
            usePoints("4", "0"),
            PosLoyalty.hasRewardLine(REWARD, "-4.00"),
            Club.pointsLeftAre("60 points"),
            displayShows("used", "40 points"),
            usePoints("2", "5"),
            PosLoyalty.hasRewardLine(REWARD, "-2.50"),
            Club.pointsLeftAre("75 points"),
            Order.hasTotal("197.50"),

            // The order changes, the part stays.
            ProductScreen.clickDisplayedProduct("Tea"),
            Order.hasTotal("297.50"),
            quoteSays("29 points"),
            Club.pay("297.50"),
            Club.receiptSays({
                member: Club.number(),
                earned: "29 points",
                spent: "25 points",
                balance: "104 points",
                tier: "Blue",
                "tier-way": "",
            }),
        ].flat(Infinity),
});

tours.add("ClubTillAllPoints", {
    steps: () =>
        [
            Club.start(),
            ProductScreen.clickDisplayedProduct("Sugar"),
            Club.choose("Sara"),
            Club.pointsLeftAre("100 points"),
            // Sugar costs 5: no more than 50 of the 100 points go into it.
            { trigger: ".club-use-points", run: "click" },
            { trigger: '.modal .subtitle:contains("50 points can be used")' },
            { trigger: '.modal .numpad button:contains("9")', run: "click" },
            { trigger: '.modal .numpad button:contains("9")', run: "click" },
            { trigger: '.modal:contains("Type a number up to 50 points.")' },
            { trigger: ".modal-footer .btn-primary:disabled" },
            { trigger: '.modal-footer .btn:contains("Discard")', run: "click" },
            { trigger: negate(".modal") },
            usePoints(),
            PosLoyalty.hasRewardLine(REWARD, "-5.00"),
            Club.pointsLeftAre("50 points"),
            Order.hasTotal("0.00"),
            // Changed her mind: none.
            usePoints("0"),
            Order.hasTotal("5.00"),
            Club.pointsLeftAre("100 points"),
        ].flat(Infinity),
});
