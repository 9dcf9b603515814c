/* global posmodel */
import * as Order from "@point_of_sale/../tests/generic_helpers/order_widget_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as Club from "@loyalty_club/../tests/tours/utils/club_till_util";
import { run, scan_barcode } from "@point_of_sale/../tests/generic_helpers/utils";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

/** What the test put into a cookie, for example the number of a card. */
function told(name) {
    return document.cookie.match(new RegExp(`${name}=([\\w-]+)`))[1];
}

function tillSays(text) {
    return { trigger: `.o_notification:contains("${text}")` };
}

/** The server tells the till what a reader has read. */
function readerReads(uid) {
    return run(async () => {
        const config_id = posmodel.config.id;
        const answer = await rpc("/loyalty_club/till/identify", { config_id, code: uid });
        await posmodel.onClubCardRead({ ...answer, read: "…3344" });
    }, `the reader reads ${uid}`);
}

function steps() {
    return [
        Club.start(),
        ProductScreen.clickDisplayedProduct("Tea"),
        Order.hasTotal("100.00"),

        // A card that types like a keyboard: its holder is chosen, its percentage taken off.
        scan_barcode(told("club_card")),
        ProductScreen.customerIsSelected("Sara"),
        Order.hasTotal("90.00"),
        ProductScreen.clickDisplayedProduct("Tea"),
        ProductScreen.selectedOrderlineHas("Tea", "2", "180.00"),

        // More taken off by the cashier goes before the card, less does not.
        ProductScreen.clickNumpad("%", "2", "0"),
        Order.hasTotal("160.00"),
        ProductScreen.clickNumpad("⌫", "⌫", "5"),
        Order.hasTotal("180.00"),
        ProductScreen.clickNumpad("Qty"),

        // Another customer has no card: nothing is taken off.
        Club.choose("Stranger"),
        Order.hasTotal("200.00"),
        Club.choose("Sara"),
        Order.hasTotal("180.00"),
        Club.pay("180.00"),
        Club.receiptSays({
            member: Club.number(),
            earned: "18 points",
            balance: "18 points",
        }),
        Club.next(),

        // A lost card is not “not found”: the till says what it is.
        ProductScreen.clickDisplayedProduct("Tea"),
        scan_barcode(told("club_lost")),
        tillSays("was reported lost"),
        Order.hasTotal("100.00"),

        // The right card, read while the keyboard writes Persian digits.
        scan_barcode(told("club_card").replace(/\d/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[Number(digit)])),
        ProductScreen.customerIsSelected("Sara"),
        Order.hasTotal("90.00"),
        Club.pay("90.00"),
        Club.next(),

        // A reader beside the till.
        ProductScreen.clickDisplayedProduct("Tea"),
        readerReads("11223344"),
        ProductScreen.customerIsSelected("Sara"),
        Order.hasTotal("90.00"),
        readerReads("99887766"),
        tillSays("Nobody has card"),
        Club.pay("90.00"),
        { trigger: ".pos-receipt" },
    ];
}

registry.category("web_tour.tours").add("ClubTillCard", { steps: () => steps().flat(Infinity) });
