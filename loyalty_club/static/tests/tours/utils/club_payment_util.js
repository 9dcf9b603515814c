/* global posmodel */
import { negate, run } from "@point_of_sale/../tests/generic_helpers/utils";
import { rpc } from "@web/core/network/rpc";

const payment = (name, amount) =>
    `.paymentlines .paymentline:has(.payment-infos:contains("${name}")):has(.payment-amount:contains("${amount}"))`;

// --- what is seen -------------------------------------------------------------------------

export function hasPayment(name, amount) {
    return { trigger: payment(name, amount) };
}

export function hasNoPayment(name) {
    return { trigger: negate(`.paymentlines .payment-infos:contains("${name}")`) };
}

/** The selected payment is set aside on the server, and so much is left. */
export function isHeld(name, amount, left) {
    return [
        hasPayment(name, amount),
        { trigger: `.club-payment-status:has(.fa-check) .club-payment-left:contains("${left}")` },
    ];
}

export function isHeldStill(name, amount) {
    return [
        hasPayment(name, amount),
        run(() => {
            const [held] = posmodel.getOrder().clubPayments;
            if (held?.getPaymentStatus() !== "done") {
                throw new Error(`The payment is ${held?.getPaymentStatus()}`);
            }
        }, "the payment is held still"),
    ];
}

export function isPending(name, amount) {
    return [hasPayment(name, amount), { trigger: ".club-payment-send" }];
}

export function isRefused(text) {
    return { trigger: `.club-payment-status:contains("${text}")` };
}

// --- what a cashier does --------------------------------------------------------------------

export function setAside() {
    return { trigger: ".club-payment-send", run: "click" };
}

/** The customer types her PIN, or says her code. */
export function tells(secret) {
    return [
        { trigger: ".modal .club-secret-input", run: `edit ${secret}` },
        { trigger: ".modal .btn-primary", run: "click" },
    ];
}

export function tellsCard(code) {
    return [
        { trigger: ".modal input, .modal textarea", run: `edit ${code}` },
        { trigger: ".modal .btn-primary", run: "click" },
    ];
}

/** Code of the gift card, which the test put into a cookie. */
export function giftCode() {
    return document.cookie.match(/club_gift=([\w-]+)/)?.[1];
}

/** The code that every message of the test sends, which the test put into a cookie. */
export function sentCode() {
    return document.cookie.match(/club_code=(\d+)/)?.[1];
}

// --- a network that fails -------------------------------------------------------------------

/** The next call of this kind arrives; what the server answers does not. */
export function loseAnswer(what) {
    return run(() => {
        const ask = posmodel._askClub;
        posmodel._askClub = async function (asked, args) {
            if (asked !== what) {
                return ask.apply(this, arguments);
            }
            posmodel._askClub = ask;
            await rpc(`/loyalty_club/till/${what}`, { config_id: this.config.id, ...args });
            return false; // what the till is told of a lost connection
        };
    }, `lose the answer to ${what}`);
}
