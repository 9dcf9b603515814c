/* global posmodel */
import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as PartnerList from "@point_of_sale/../tests/pos/tours/utils/partner_list_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import * as TicketScreen from "@point_of_sale/../tests/pos/tours/utils/ticket_screen_util";
import { negate, run } from "@point_of_sale/../tests/generic_helpers/utils";
import { ConnectionLostError } from "@web/core/network/rpc";

// --- what a cashier does ----------------------------------------------------------------

export function choose(customer) {
    return [
        ...ProductScreen.clickPartnerButton(),
        ...PartnerList.searchCustomerValue(customer, true),
        // Nobody else whose name begins so: who is on the list depends on what the till loaded.
        { trigger: `.modal .partner-list b:text("${customer}")`, run: "click" },
        ...ProductScreen.customerIsSelected(customer),
    ];
}

export function claim(reward) {
    return [
        ...ProductScreen.clickControlButton("Reward"),
        { trigger: `.selection-item:contains("${reward}")`, run: "click" },
    ];
}

/** The test till has one way to pay, which is chosen by itself. */
export function pay(total) {
    return [
        ...ProductScreen.clickPayButton(),
        ...PaymentScreen.totalIs(total),
        ...PaymentScreen.clickValidate(),
    ];
}

/** Return the first product of an order; what was paid with comes back by itself. */
export function returnGoods(order, total) {
    return [
        ...ProductScreen.clickRefund(),
        ...TicketScreen.selectFilter("Paid"),
        ...TicketScreen.selectOrder(order),
        ProductScreen.clickNumpad("1"),
        ...TicketScreen.confirmRefund(),
        ...PaymentScreen.totalIs(total),
        ...PaymentScreen.clickValidate(),
    ].flat();
}

export function next() {
    return ReceiptScreen.clickNextOrder();
}

export function start() {
    return [...Chrome.startPoS(), Dialog.confirm("Open Register")];
}

/** Membership number of the test's member, which the test put into a cookie. */
export function number() {
    return document.cookie.match(/club_member=(\w+)/)[1];
}

// --- what is seen -------------------------------------------------------------------------

/** The order's summary says how many points the member has left after this order. */
export function pointsLeftAre(text) {
    return [
        { trigger: `.product-screen .club-points-left:contains("${text}")` },
        { trigger: negate(".loyalty-points-won") },
    ];
}

/**
 * The receipt says exactly these things about the club.
 *
 * @param {Object} rows text of each row by its class, for example { earned: "10 points" }
 */
export function receiptSays(rows) {
    return [
        ...ReceiptScreen.receiptIsThere(),
        { trigger: ".pos-receipt .club-receipt" },
        run(
            () => {
                const seen = {};
                for (const row of document.querySelectorAll(".pos-receipt .club-receipt > div")) {
                    const name = row.className.match(/club-receipt-([\w-]+)/)[1];
                    const value = row.querySelector(".ms-auto") || row;
                    seen[name] = value.textContent.trim().replace(/\s+/g, " ");
                }
                // What moved can be checked; another code at every sale, so only its shape is known.
                const still = ["member", "balance", "waiting"];
                const moved = Object.keys(rows).some((name) => !still.includes(name));
                if (/^([0-9A-Z]{4}-){4}[0-9A-Z]{4}$/.test(seen.code) !== moved) {
                    throw new Error(`The receipt's code to check it with: ${seen.code}`);
                }
                if (Boolean(seen.check) !== moved) {
                    throw new Error("The receipt's QR code to check it with");
                }
                delete seen.code;
                delete seen.check;
                const expected = JSON.stringify(rows);
                if (JSON.stringify(seen) !== expected) {
                    throw new Error(`The receipt says ${JSON.stringify(seen)}, not ${expected}`);
                }
                if (document.querySelector(".pos-receipt .loyalty")) {
                    throw new Error("The receipt shows points that the till worked out");
                }
            },
            `receipt says ${JSON.stringify(rows)}`
        ),
    ];
}

/**
 * The receipt has these rows about the club and no others, whatever can be checked aside.
 *
 * @param {Object} rows pattern of each row's text by its class; the value alone where the pattern
 *  begins and ends with it
 */
export function receiptTells(rows) {
    return [
        ...ReceiptScreen.receiptIsThere(),
        { trigger: ".pos-receipt .club-receipt-member" },
        run(() => {
            const seen = {};
            for (const row of document.querySelectorAll(".pos-receipt .club-receipt > div")) {
                const name = row.className.match(/club-receipt-([\w-]+)/)[1];
                const value = row.querySelector(".ms-auto")?.textContent.trim() || "";
                seen[name] = [value, row.textContent.trim().replace(/\s+/g, " ")];
            }
            delete seen.code;
            delete seen.check;
            const told = JSON.stringify(seen);
            if (Object.keys(seen).join() !== Object.keys(rows).join()) {
                throw new Error(`The receipt has the rows ${told}`);
            }
            for (const [name, pattern] of Object.entries(rows)) {
                if (!seen[name].some((text) => pattern.test(text))) {
                    throw new Error(`The receipt's row ${name} is no ${pattern}: ${told}`);
                }
            }
        }, "receipt has its rows about the club"),
    ];
}

/** The printed code and the QR code lead to the page that proves the entry. */
export function receiptLeadsToItsProof() {
    return run(async () => {
        const image = document.querySelector(".club-receipt-check img");
        const code = document.querySelector(".club-receipt-code .ms-auto").textContent.trim();
        if (!image?.src.startsWith("data:image/svg+xml")) {
            throw new Error("The receipt has no QR code");
        }
        const answer = await fetch(`/loyalty_club/check/${code}`);
        if (!answer.ok) {
            throw new Error(`The page of the receipt's code says ${answer.status}`);
        }
    }, "the receipt's code is known to the ledger");
}

export function isRefused(title, message) {
    return [Dialog.is({ title }), Dialog.bodyIs(message), Dialog.confirm()];
}

// --- a network that fails -------------------------------------------------------------------

/** These calls do not reach the server; everything else does. */
export function loseCalls(...methods) {
    return run(() => {
        const { call } = posmodel.data.orm;
        const { error } = console;
        window.clubLostCalls = [];
        window.clubEndLosses = () => {
            posmodel.data.orm.call = call;
            console.error = error; // eslint-disable-line no-console
        };
        posmodel.data.orm.call = function (model, method) {
            if (!methods.includes(method)) {
                return call.apply(this, arguments);
            }
            window.clubLostCalls.push(method);
            return Promise.reject(new ConnectionLostError("club"));
        };
        // The till reports lost connections to the console, where a tour takes them for faults.
        // eslint-disable-next-line no-console
        console.error = (...args) => {
            if (!String(args[0]?.message || args[0]).includes("ConnectionLostError")) {
                error.apply(console, args);
            }
        };
    }, `lose ${methods}`);
}

export function endLosses(method) {
    return run(() => {
        window.clubEndLosses();
        if (!window.clubLostCalls.includes(method)) {
            throw new Error(`${method} was never called, so nothing was lost`);
        }
    }, `${method} was lost, calls arrive again`);
}

/** None of the calls that would have been lost was made. */
export function nothingLost() {
    return run(() => {
        window.clubEndLosses();
        if (window.clubLostCalls.length) {
            throw new Error(`The till asked for ${window.clubLostCalls}`);
        }
    }, "the till asked for nothing");
}

/** Another till sells the same order with the same points, before this one sends it. */
export function otherTillSells(tillName) {
    return run(async () => {
        const sold = posmodel.getOrder() || posmodel.models["pos.order"].find((o) => o.finalized);
        sold.setOrderPrices();
        const order = sold.serializeForORM({ keepCommands: true });
        await sendAs(tillName, order);
    }, `${tillName} sells the same`);
}

/** As otherTillSells, but after this till was told that all is well. */
export function otherTillOvertakes(tillName) {
    return run(() => {
        const { orm } = posmodel.data;
        const { call } = orm;
        orm.call = async function (model, method, args) {
            if (method === "sync_from_ui") {
                orm.call = call;
                await sendAs(tillName, args[0][0]);
            }
            return call.apply(orm, arguments);
        };
    }, `${tillName} is faster`);
}

async function sendAs(tillName, order) {
    const { orm } = posmodel.data;
    const till = [["config_id.name", "=", tillName]];
    const [session] = await orm.searchRead("pos.session", till, ["id"]);
    const copy = JSON.parse(JSON.stringify(order));
    for (const record of [copy, ...[...copy.lines, ...copy.payment_ids].map((c) => c[2])]) {
        record.uuid = crypto.randomUUID();
    }
    delete copy.relations_uuid_mapping;
    await orm.call("pos.order", "sync_from_ui", [
        [{ ...copy, session_id: session.id, state: "paid" }],
    ]);
}

export function reconnect() {
    return run(async () => {
        await posmodel.data.checkConnectivity();
        await posmodel.syncAllOrders();
    }, "the till is connected again");
}
