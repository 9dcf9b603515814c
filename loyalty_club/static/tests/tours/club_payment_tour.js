import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as NumberPopup from "@point_of_sale/../tests/generic_helpers/number_popup_util";
import * as OfflineUtil from "@point_of_sale/../tests/generic_helpers/offline_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as TicketScreen from "@point_of_sale/../tests/pos/tours/utils/ticket_screen_util";
import * as Club from "@loyalty_club/../tests/tours/utils/club_till_util";
import * as Pay from "@loyalty_club/../tests/tours/utils/club_payment_util";
import { refresh } from "@point_of_sale/../tests/generic_helpers/utils";
import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

function tour(name, steps) {
    tours.add(name, { steps: () => steps().flat(Infinity) });
}

const begin = () => [
    Club.choose("Sara"),
    ProductScreen.clickDisplayedProduct("Tea"),
    ProductScreen.clickPayButton(),
];

tour("ClubPayMix", () => [
    Club.start(),
    begin(),
    // As much as there is, at once.
    PaymentScreen.clickPaymentMethod("Credit"),
    Pay.isHeld("Credit", "60.00", "0.00"),
    PaymentScreen.remainingIs("40.00"),
    // Points for the rest, of which the cashier takes a part.
    PaymentScreen.clickPaymentMethod("Points"),
    Pay.isHeld("Points", "30.00", "0.00"),
    PaymentScreen.clickNumpad("1 0"),
    Pay.isPending("Points", "10.00"),
    Pay.setAside(),
    Pay.isHeld("Points", "10.00", "20.00"),
    PaymentScreen.remainingIs("30.00"),
    PaymentScreen.clickPaymentMethod("Card machine"),
    PaymentScreen.clickValidate(),
    { trigger: ".pos-receipt" },
    Club.next(),

    // What was paid so goes back so, without being asked.
    ProductScreen.clickRefund(),
    TicketScreen.selectFilter("Paid"),
    TicketScreen.selectOrder("001"),
    ProductScreen.clickNumpad("1"),
    TicketScreen.confirmRefund(),
    Pay.hasPayment("Credit", "-60.00"),
    Pay.hasPayment("Points", "-10.00"),
    Pay.hasPayment("Card machine", "-30.00"),
    PaymentScreen.clickValidate(),
    { trigger: ".pos-receipt" },
]);

tour("ClubPayLetGo", () => [
    Club.start(),
    begin(),
    PaymentScreen.clickPaymentMethod("Credit"),
    Pay.isHeld("Credit", "60.00", "0.00"),
    PaymentScreen.clickPaymentlineDelButton("Credit", "60.00"),
    Pay.hasNoPayment("Credit"),
    // It can be had again at once.
    PaymentScreen.clickPaymentMethod("Credit"),
    Pay.isHeld("Credit", "60.00", "0.00"),
    // Nobody pays for another customer.
    PaymentScreen.clickBack(),
    Club.choose("Stranger"),
    ProductScreen.clickPayButton(),
    Pay.hasNoPayment("Credit"),
    PaymentScreen.clickPaymentMethod("Credit"),
    Pay.isRefused("Stranger has nothing in “Credit” yet."),
    PaymentScreen.clickPaymentlineDelButton("Credit", "100.00"),
    PaymentScreen.clickPaymentMethod("Card machine"),
    PaymentScreen.clickValidate(),
    { trigger: ".pos-receipt" },
]);

tour("ClubPayPin", () => [
    Club.start(),
    begin(),
    PaymentScreen.clickPaymentMethod("Credit"),
    Dialog.is({ title: "PIN of the card" }),
    Pay.tells("1111"),
    Dialog.bodyIs("This is not the card's PIN"),
    Pay.tells("۲۷۴۱"),
    Pay.isHeld("Credit", "60.00", "0.00"),
    PaymentScreen.clickPaymentMethod("Card machine"),
    PaymentScreen.clickValidate(),
    { trigger: ".pos-receipt" },
]);

tour("ClubPayGiftCard", () => [
    Club.start(),
    ProductScreen.clickDisplayedProduct("Tea"),
    ProductScreen.clickPayButton(),
    PaymentScreen.clickPaymentMethod("Gift card"),
    Pay.tellsCard("WRONG-CODE"),
    Pay.isRefused("no “Gift card” with this code"),
    Pay.setAside(),
    Pay.tellsCard(Pay.giftCode()),
    Pay.isHeld("Gift card", "80.00", "0.00"),
    PaymentScreen.clickPaymentMethod("Card machine"),
    PaymentScreen.clickValidate(),
    { trigger: ".pos-receipt" },
]);

tour("ClubPayLostAnswer", () => [
    Club.start(),
    begin(),
    Pay.loseAnswer("pay"),
    PaymentScreen.clickPaymentMethod("Credit"),
    Pay.isRefused("The server does not answer"),
    Pay.setAside(),
    Pay.isHeld("Credit", "60.00", "0.00"),
    // The till is loaded anew: what is held is known.
    refresh(),
    Pay.isHeldStill("Credit", "60.00"),
    PaymentScreen.clickPaymentMethod("Card machine"),
    PaymentScreen.clickValidate(),
    { trigger: ".pos-receipt" },
]);

tour("ClubPayOffline", () => [
    Club.start(),
    begin(),
    OfflineUtil.setOfflineMode(),
    PaymentScreen.clickPaymentMethod("Credit"),
    Pay.isRefused("The server does not answer"),
    OfflineUtil.setOnlineMode(),
    Pay.setAside(),
    Pay.isHeld("Credit", "60.00", "0.00"),
]);

tour("ClubPayTopUp", () => [
    Club.start(),
    Club.choose("Sara"),
    ProductScreen.clickControlButton("Top up"),
    Dialog.is({ title: "Top up “Credit”" }),
    NumberPopup.enterValue("75"),
    Dialog.confirm(),
    ProductScreen.clickPayButton(),
    // Value buys no value.
    PaymentScreen.clickPaymentMethod("Credit"),
    Pay.isRefused("Nothing of this order is left to be paid with “Credit”"),
    PaymentScreen.clickPaymentlineDelButton("Credit", "75.00"),
    PaymentScreen.clickPaymentMethod("Card machine"),
    PaymentScreen.clickValidate(),
    { trigger: ".pos-receipt" },
    Club.next(),

    // All of it is paid by one tap.
    begin(),
    PaymentScreen.clickPaymentMethod("Credit"),
    { trigger: ".pos-receipt" },
]);

tour("ClubPayCode", () => [
    Club.start(),
    begin(),
    PaymentScreen.clickPaymentMethod("Credit"),
    Dialog.is({ title: "Code of the customer" }),
    Pay.tells("000000"),
    Dialog.bodyIs("This is not the code that was sent"),
    { trigger: '.modal .btn:contains("Send a new code")', run: "click" },
    Dialog.bodyIs("A code was sent to"),
    Pay.tells(Pay.sentCode()),
    Pay.isHeld("Credit", "60.00", "0.00"),
]);
