import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as OfflineUtil from "@point_of_sale/../tests/generic_helpers/offline_util";
import * as Order from "@point_of_sale/../tests/generic_helpers/order_widget_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as PosLoyalty from "@pos_loyalty/../tests/tours/utils/pos_loyalty_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as Club from "@loyalty_club/../tests/tours/utils/club_till_util";
import { negate } from "@point_of_sale/../tests/generic_helpers/utils";
import { registry } from "@web/core/registry";

const REWARD = "Discount for points";
const tours = registry.category("web_tour.tours");

function tour(name, steps) {
    tours.add(name, { steps: () => steps().flat(Infinity) });
}

tour("ClubTillEarn", () => [
    Club.start(),
    Club.choose("Sara"),
    ProductScreen.clickDisplayedProduct("Tea"),
    Club.pointsLeftAre("40 points"),
    Club.pay("100.00"),
    Club.receiptSays({ member: Club.number(), earned: "10 points", balance: "50 points" }),
    Club.next(),

    // Too little to earn: the receipt says so, and who is a member.
    ProductScreen.clickDisplayedProduct("Sugar"),
    Club.choose("Sara"),
    Club.pointsLeftAre("50 points"),
    Club.pay("5.00"),
    Club.receiptSays({ member: Club.number(), balance: "50 points" }),
    Club.next(),

    // A customer who is no member reads nothing about the club.
    ProductScreen.clickDisplayedProduct("Tea"),
    Club.choose("Stranger"),
    { trigger: negate(".club-points") },
    Club.pay("100.00"),
    { trigger: ".pos-receipt" },
    { trigger: negate(".club-receipt") },
    Club.next(),
]);

tour("ClubTillReceipt", () => [
    Club.start(),
    Club.choose("Sara"),
    ProductScreen.clickDisplayedProduct("Tea"),
    Club.pay("100.00"),
    Club.receiptTells({
        member: /^\w+$/,
        earned: /^10 points$/,
        balance: /^10 points$/,
        tier: /^Basic$/,
        "tier-way": /4 .*Silver/,
        stamps: /^Fifth tea.*●○○○○.*1 of 5$/,
        expiry: /^Use by .+10 points$/,
    }),
    Club.receiptLeadsToItsProof(),
]);

tour("ClubTillPlainReceipt", () => [
    Club.start(),
    Club.choose("Sara"),
    ProductScreen.clickDisplayedProduct("Tea"),
    Club.pay("100.00"),
    Club.receiptTells({ member: /^\w+$/ }),
    { trigger: negate(".club-receipt-code") },
    { trigger: negate(".club-receipt-check") },
]);

tour("ClubTillRedeemAndReturn", () => [
    Club.start(),
    Club.choose("Sara"),
    ProductScreen.clickDisplayedProduct("Tea"),
    Club.claim(REWARD),
    PosLoyalty.hasRewardLine(REWARD, "-10.00"),
    Club.pointsLeftAre("0 points"),
    Club.pay("90.00"),
    Club.receiptSays({
        member: Club.number(),
        earned: "9 points",
        spent: "100 points",
        balance: "9 points",
    }),
    Club.next(),

    Club.returnGoods("001", "-90.00"),
    Club.receiptSays({
        member: Club.number(),
        "taken-back": "9 points",
        "given-back": "100 points",
        balance: "100 points",
    }),
    Club.next(),

    // What came back can be spent at once: the till knows the new balance.
    ProductScreen.clickDisplayedProduct("Tea"),
    Club.choose("Sara"),
    Club.pointsLeftAre("100 points"),
]);

tour("ClubTillAsksOnce", () => [
    Club.start(),
    Club.choose("Sara"),
    ProductScreen.clickDisplayedProduct("Tea"),
    Club.claim(REWARD),
    PosLoyalty.hasRewardLine(REWARD, "-10.00"),
    Club.loseCalls("validate_coupon_programs", "confirm_coupon_programs"),
    Club.pay("90.00"),
    Club.receiptSays({
        member: Club.number(),
        earned: "9 points",
        spent: "100 points",
        balance: "9 points",
    }),
    Club.nothingLost(),
    Club.next(),
    ProductScreen.clickDisplayedProduct("Tea"),
    Club.choose("Sara"),
    Club.pointsLeftAre("9 points"),
]);

tour("ClubTillOffline", () => [
    Club.start(),
    OfflineUtil.setOfflineMode(),
    ProductScreen.clickDisplayedProduct("Tea"),
    ProductScreen.clickPartnerButton(),
    ProductScreen.clickCustomer("Sara"),
    Club.pay("100.00"),
    Dialog.confirm("Continue with limited functionality"),
    Club.receiptSays({
        waiting:
            "Club members: the points of this purchase are added when the till is connected again.",
    }),
    OfflineUtil.setOnlineMode(),
    Club.reconnect(),
    Club.receiptSays({ member: Club.number(), earned: "10 points", balance: "110 points" }),
]);

tour("ClubTillOfflineSpending", () => [
    Club.start(),
    Club.choose("Sara"),
    ProductScreen.clickDisplayedProduct("Tea"),
    Club.claim(REWARD),
    PosLoyalty.hasRewardLine(REWARD, "-10.00"),
    OfflineUtil.setOfflineMode(),
    Club.pay("90.00"),
    Club.isRefused("Till is offline", "can be used only while the till is connected"),
    PaymentScreen.isShown(),
    OfflineUtil.setOnlineMode(),
    Club.reconnect(),
    PaymentScreen.clickValidate(),
    Club.receiptSays({
        member: Club.number(),
        earned: "9 points",
        spent: "100 points",
        balance: "9 points",
    }),
]);

tour("ClubTillTooLate", () => [
    Club.start(),
    Club.choose("Sara"),
    ProductScreen.clickDisplayedProduct("Tea"),
    Club.claim(REWARD),
    PosLoyalty.hasRewardLine(REWARD, "-10.00"),
    ProductScreen.clickPayButton(),
    Club.otherTillSells("Second Till"),
    PaymentScreen.clickValidate(),
    Club.isRefused("Invalid Operation", `Sara (${Club.number()}) has only 9 points left`),
    PaymentScreen.remainingIs("9.10"),
]);

tour("ClubTillOvertaken", () => [
    Club.start(),
    Club.choose("Sara"),
    ProductScreen.clickDisplayedProduct("Tea"),
    Club.claim(REWARD),
    PosLoyalty.hasRewardLine(REWARD, "-10.00"),
    Club.otherTillOvertakes("Second Till"),
    Club.pay("90.00"),
    Club.isRefused("Invalid Operation", `Sara (${Club.number()}) has only 9 points left`),

    // The discount now fits what is left, the rest is due, and the order can be completed.
    PaymentScreen.remainingIs("9.10"),
    PaymentScreen.clickPaymentMethod("Card machine"),
    PaymentScreen.clickValidate(),
    Club.receiptSays({
        member: Club.number(),
        earned: "9 points",
        spent: "9 points",
        balance: "9 points",
    }),
]);

tour("ClubTillRefusedLater", () => [
    Club.start(),
    Club.choose("Sara"),
    ProductScreen.clickDisplayedProduct("Tea"),
    Club.claim(REWARD),
    PosLoyalty.hasRewardLine(REWARD, "-10.00"),
    Club.loseCalls("sync_from_ui"),
    Club.pay("90.00"),
    Dialog.confirm("Continue with limited functionality"),
    { trigger: ".pos-receipt .club-receipt-waiting" },
    Club.endLosses("sync_from_ui"),
    Club.otherTillSells("Second Till"),
    Club.reconnect(),
    Club.isRefused("was not accepted", `Sara (${Club.number()}) has only 9 points left`),
    { trigger: ".pos-receipt .club-receipt-waiting" },
]);

tour("ClubTillGiftCard", () => [
    Club.start(),
    ProductScreen.clickDisplayedProduct("Gift Card"),
    PosLoyalty.createManualGiftCard("PLASTIC-0042", "60"),
    { trigger: '.orderline:contains("PLASTIC-0042")' },
    Club.loseCalls("confirm_coupon_programs"),
    Club.pay("60.00"),
    Dialog.confirm("Continue with limited functionality"),
    Club.receiptSays({ wallet: "$ 60.00" }),
    Club.endLosses("confirm_coupon_programs"),
    Club.next(),

    ProductScreen.clickDisplayedProduct("Tea"),
    PosLoyalty.enterCode("PLASTIC-0042"),
    Order.hasTotal("40.00"),
    Club.pay("40.00"),
    Club.receiptSays({ wallet: "$ 0.00" }),
    Club.next(),

    Club.returnGoods("002", "-40.00"),
    Club.receiptSays({ wallet: "$ 60.00" }),
]);

tour("ClubTillCredit", () => [
    Club.start(),
    ProductScreen.clickDisplayedProduct("Top-up"),
    Club.choose("Sara"),
    Club.pay("50.00"),
    Club.receiptSays({ member: Club.number(), balance: "0 points", wallet: "$ 50.00" }),
    Club.next(),

    ProductScreen.clickDisplayedProduct("Tea"),
    Club.choose("Sara"),
    PosLoyalty.eWalletButtonState({ highlighted: true, text: "eWallet Pay", click: true }),
    Order.hasTotal("50.00"),
    Club.pay("50.00"),
    Club.receiptSays({
        member: Club.number(),
        earned: "5 points",
        balance: "5 points",
        wallet: "$ 0.00",
    }),
]);

tour("ClubTillFreeProduct", () => [
    Club.start(),
    Club.choose("Sara"),
    ProductScreen.clickDisplayedProduct("Tea"),
    Club.claim("Free Product - Sugar"),
    ProductScreen.selectedOrderlineHas("Sugar", "1"),
    PosLoyalty.hasRewardLine("Free Product - Sugar", "-5.00", "1"),
    Club.pointsLeftAre("70 points"),

    // A second one is paid for as well.
    ProductScreen.clickDisplayedProduct("Sugar"),
    PosLoyalty.hasRewardLine("Free Product - Sugar", "-10.00", "2"),
    Club.pointsLeftAre("40 points"),
    Club.pay("100.00"),
    Club.receiptSays({
        member: Club.number(),
        earned: "10 points",
        spent: "60 points",
        balance: "50 points",
    }),
]);
