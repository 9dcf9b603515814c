/* global posmodel */
import * as PartnerList from "@point_of_sale/../tests/pos/tours/utils/partner_list_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as Club from "@loyalty_club/../tests/tours/utils/club_till_util";
import { negate, run } from "@point_of_sale/../tests/generic_helpers/utils";
import { registry } from "@web/core/registry";

const FIELD = ".club-finder-text";

function open() {
    return { trigger: ".product-screen .club-find", run: "click" };
}

function type(text) {
    return { trigger: FIELD, run: `edit ${text}` };
}

function enter() {
    return { trigger: FIELD, run: "press Enter" };
}

function chosen(name) {
    return [{ trigger: negate(".club-finder") }, ...ProductScreen.customerIsSelected(name)];
}

function says(text) {
    return { trigger: `.club-finder-message:contains("${text}")` };
}

/** A scanner types on a keyboard that is set to Persian. */
function scannerTypes(number) {
    return run(() => {
        const press = (key, code) =>
            document.body.dispatchEvent(
                new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true })
            );
        for (const digit of number) {
            press(String.fromCharCode(digit.charCodeAt(0) + 0x06c0), `Digit${digit}`);
        }
        press("Enter", "Enter");
    }, `a scanner types ${number} in Persian`);
}

function told(name) {
    return document.cookie.match(new RegExp(`${name}=([\\w-]+)`))[1];
}

function steps() {
    return [
        Club.start(),
        ProductScreen.clickDisplayedProduct("Tea"),

        // Whoever is named exactly is chosen at once: a mobile as soon as it is whole.
        open(),
        type("۰۹۱۲ ۱۲۳ ۴۵۶۷"),
        chosen("Sara"),

        // A part of a name offers those who are called so; the keyboard is enough.
        open(),
        type("min"),
        { trigger: '.club-finder-hit:contains("Mina Amini")' },
        { trigger: FIELD, run: "press ArrowDown" },
        { trigger: '.club-finder-hit.active:contains("Mina Bahar")' },
        enter(),
        chosen("Mina Bahar"),

        // A card that is stopped says so, and nothing changes.
        open(),
        type(told("club_lost")),
        enter(),
        says("lost"),
        type("zzz"),
        { trigger: ".club-finder-none" },
        { trigger: ".club-finder-without", run: "click" },
        chosen("Customer"),

        // A number of nobody: two taps, and she is a member.
        open(),
        type("۰۹۳۵۱۱۱۲۲۳۳"),
        { trigger: '.club-finder-enrol:contains("09351112233")', run: "click" },
        { trigger: '.club-enrol-mobile:contains("09351112233")' },
        { trigger: ".club-enrol-confirm", run: "click" },
        chosen("+989351112233"),

        // Stock's list of customers finds by the number as it is typed.
        ProductScreen.clickPartnerButton(),
        { trigger: ".modal-dialog .input-group input", run: "edit ۰۹۱۲۱۲۳۴۵۶۷" },
        { trigger: ".modal-dialog .input-group input", run: "press Enter" },
        PartnerList.clickPartner("Sara"),
        ProductScreen.customerIsSelected("Sara"),

        // A scanner under a Persian keyboard.
        scannerTypes(told("club_card")),
        ProductScreen.customerIsSelected("Mina Amini"),

        // What does not answer is said, and selling goes on.
        open(),
        run(() => {
            posmodel._askClub = async () => false;
        }, "the club does not answer"),
        type("09121234567"),
        enter(),
        says("offline"),
        { trigger: ".modal-footer .btn:contains(Discard)", run: "click" },
        run(() => {
            delete posmodel._askClub;
        }, "the club answers again"),
        Club.pay("100.00"),
        Club.receiptSays({ member: told("club_first"), earned: "10 points", balance: "10 points" }),
        Club.next(),

        // Payment has begun: who is chosen now is told that it brings nothing.
        ProductScreen.clickDisplayedProduct("Tea"),
        ProductScreen.clickPayButton(),
        { trigger: ".payment-screen .back-button", run: "click" },
        open(),
        type("09121234567"),
        chosen("Sara"),
        { trigger: '.o_notification:contains("a manager")' },
        Club.pay("100.00"),
        { trigger: '.o_notification:contains("Nothing was earned")' },
    ];
}

registry.category("web_tour.tours").add("ClubTillFind", { steps: () => steps().flat(Infinity) });
