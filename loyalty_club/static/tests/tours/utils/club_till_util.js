/* global posmodel */
import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
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
        ...ProductScreen.clickCustomer(customer, true),
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
                delete seen.code;
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
