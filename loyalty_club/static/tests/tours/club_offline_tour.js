import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as OfflineUtil from "@point_of_sale/../tests/generic_helpers/offline_util";
import * as PartnerList from "@point_of_sale/../tests/pos/tours/utils/partner_list_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as Club from "@loyalty_club/../tests/tours/utils/club_till_util";
import * as Pay from "@loyalty_club/../tests/tours/utils/club_payment_util";
import { scan_barcode } from "@point_of_sale/../tests/generic_helpers/utils";
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

function tour(name, steps) {
    tours.add(name, { steps: () => steps().flat(Infinity) });
}

/** What is left is paid offline; once the line is back, the receipt names the member. */
function paidOfflineAndToldLater() {
    return [
        PaymentScreen.clickPaymentMethod("Card machine"),
        PaymentScreen.clickValidate(),
        Dialog.confirm("Continue with limited functionality"),
        { trigger: ".pos-receipt" },
        OfflineUtil.setOnlineMode(),
        Club.reconnect(),
        { trigger: `.pos-receipt .club-receipt-member:contains("${Club.number()}")` },
    ];
}

tour("ClubOfflineNumber", () => [
    Club.start(),
    ProductScreen.clickDisplayedProduct("Tea"),
    OfflineUtil.setOfflineMode(),
    scan_barcode(Club.number()),
    { trigger: `.o_notification:contains("${Club.number()} stays with this order")` },
    { trigger: `.club-read-code:contains("${Club.number()}")` },
    ProductScreen.clickPayButton(),
    paidOfflineAndToldLater(),
]);

tour("ClubOfflineAllowance", () => [
    Club.start(),
    ProductScreen.clickDisplayedProduct("Tea"),
    OfflineUtil.setOfflineMode(),
    // Nobody says what she has: it may be less than the till takes.
    ProductScreen.clickPartnerButton(),
    PartnerList.searchCustomerValue("Sara"),
    { trigger: `.modal .partner-list b:text("Sara")`, run: "click" },
    ProductScreen.clickPayButton(),
    PaymentScreen.clickPaymentMethod("Credit"),
    Dialog.is({ title: "Till is offline" }),
    Dialog.bodyIs("This till may take $ 50.00 more"),
    Dialog.confirm("Ok"),
    Pay.hasPayment("Credit", "50.00"),
    paidOfflineAndToldLater(),
]);

tour("ClubOfflineRefused", () => [
    Club.start(),
    Club.choose("Sara"),
    ProductScreen.clickDisplayedProduct("Tea"),
    ProductScreen.clickPayButton(),
    OfflineUtil.setOfflineMode(),
    PaymentScreen.clickPaymentMethod("Credit"),
    Pay.isRefused("The server does not answer"),
    OfflineUtil.setOnlineMode(),
    Club.reconnect(),
    Pay.setAside(),
    Pay.isHeld("Credit", "30.00", "0.00"),
]);
