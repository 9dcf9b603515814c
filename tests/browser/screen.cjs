/* global document, window */

/** What is on a till's screen, and what comes next. Functions named `in page` run in the browser. */

const ANY = ".product-screen, .payment-screen, .receipt-screen, .ticket-screen";

/* In page. */
function look(uuid) {
    const pos = window.posmodel;
    const seen = (selector) => Boolean(document.querySelector(selector));
    const name = ["product", "payment", "receipt", "ticket"].find((s) => seen(`.${s}-screen`));
    const orders = pos?.models["pos.order"];
    const order = uuid ? orders?.getBy("uuid", uuid) : pos?.getOrder();
    const text = (selector) => document.querySelector(selector)?.innerText || "";
    return {
        screen: name || "none",
        busy: seen(".o_blockUI") || seen(".pos-loader"),
        dialog: text(".modal:not(.o_inactive_modal)").slice(0, 200),
        rtl: seen(".o_rtl"),
        current: pos?.getOrder()?.uuid === order?.uuid,
        receipt: text(".pos-receipt"),
        canUsePoints: seen(".club-use-points"),
        chosen: seen(".ticket-screen .order-row.active"),
        toRefund: (orders?.getAll() || []).some((one) =>
            Object.values(one.uiState?.lineToRefund || {}).some((line) => line.qty > 0)
        ),
        order: order && {
            uuid: order.uuid,
            id: order.id,
            state: order.state,
            finalized: order.finalized,
            synced: order.isSynced,
            partner: order.partner_id?.id || false,
            lines: order.lines
                .filter((line) => !line.is_reward_line)
                .map((line) => [line.product_id.id, line.qty, line.priceIncl]),
            points: order.lines.reduce((sum, line) => sum + (line.points_cost || 0), 0),
            total: order.priceIncl,
            due: order.remainingDue,
            payments: order.payment_ids.map((payment) => ({
                uuid: payment.uuid,
                method: payment.payment_method_id.id,
                amount: payment.amount,
                status: payment.payment_status || "",
            })),
        },
    };
}

/* In page: whether the till asks what is in its drawer. */
const isOpening = () => window.posmodel.session.state === "opening_control";

/* In page: whether the dialog that asked the club (finder, enrol) has its answer. */
function isAnswered(name) {
    const seen = (selector) => Boolean(document.querySelector(selector));
    return !seen(`.club-${name}`) || seen(`.club-${name}-message, .club-${name}-enrol`);
}

/* In page: what the till believes was paid. */
function believed() {
    return window.posmodel.models["pos.order"]
        .filter((order) => order.finalized)
        .map((order) => ({
            uuid: order.uuid,
            synced: order.isSynced && !order.isDirty(),
            total: order.priceIncl,
        }));
}

/* In page: bugs that the harness must find. */
const BUGS = {
    "key made anew at each try": () => {
        const methods = window.posmodel.models["pos.payment.method"].getAll();
        const { payment_terminal: terminal } = methods.find((one) => one.payment_terminal);
        const { constructor } = terminal;
        const original = constructor.prototype._hold;
        constructor.prototype._hold = function (payment) {
            payment.forgetClubKey();
            return original.apply(this, arguments);
        };
    },
    "order forgotten when its answer is lost": () => {
        const { data } = window.posmodel;
        const { call } = data;
        data.call = async function (model, method, args) {
            try {
                return await call.apply(data, arguments);
            } catch (error) {
                if (method === "sync_from_ui") {
                    const order = data.models["pos.order"].getBy("uuid", args[0][0].uuid);
                    data.localDeleteCascade(order);
                }
                throw error;
            }
        };
    },
};

/* In page: send what waits. */
async function syncNow() {
    const pos = window.posmodel;
    await pos.data.checkConnectivity();
    await pos.syncAllOrders().catch(() => false);
    return pos.models["pos.order"].filter((o) => o.finalized && (o.isDirty() || !o.isSynced))
        .length;
}

/* In page. */
function openOrder(uuid) {
    const pos = window.posmodel;
    const order = pos.models["pos.order"].getBy("uuid", uuid);
    pos.setOrder(order);
    pos.navigateToOrderScreen(order);
}

/** Whether the order is paid, for all that the till knows. */
function isOver(seen, memory) {
    if (seen.screen === "receipt" && seen.current) {
        return true;
    }
    // After a restart another order is on the screen, and the paid one waits or has gone.
    return memory.validated && (!seen.order || seen.order.finalized);
}

/**
 * What comes next in a sale.
 *
 * @param {Object} wish member, topup (of credit: product, amount), goods, points, credit (name of
 *  the method), rest (the same)
 * @param {Object} tried how often something was tried that may be refused
 */
function nextOfSale(seen, wish, tried) {
    const order = seen.order;
    if (order && !seen.current) {
        return { what: "open the order again", open: order.uuid };
    }
    if (seen.screen === "payment") {
        return nextOfPayment(seen, wish, tried);
    }
    if (seen.screen !== "product") {
        return { what: "wait" };
    }
    const missing = wish.goods.find(
        (good) => !order?.lines.some(([product]) => product === good.id)
    );
    if (missing) {
        return { what: `add ${missing.name}`, taps: [product(missing.name)], goods: true };
    }
    if (wish.member && !order.partner) {
        return byMember(wish.member, tried);
    }
    if (wish.topup && !order.lines.some(([product]) => product === wish.topup.product)) {
        return {
            what: "top up",
            taps: [".product-screen .more-btn", ".control-buttons .club-topup"],
            popup: wish.topup.amount,
            then: [".modal .modal-footer .btn-primary"],
        };
    }
    if (wish.points && !order.points && !seen.canUsePoints && tried("panel") < 6) {
        return { what: "wait for the panel" };
    }
    if (wish.points && !order.points && seen.canUsePoints && tried("points") < 3) {
        return {
            what: "use points",
            taps: [".club-use-points"],
            popup: wish.points === "all" ? "" : wish.points,
            then: [".modal .modal-footer .btn-primary"],
        };
    }
    return { what: "pay", taps: [".product-screen .pay-order-button"] };
}

function byMember(member, tried) {
    if (member.card) {
        return { what: "scan the card", scan: member.card };
    }
    tried("member");
    return {
        what: "look for the mobile",
        taps: [".club-find"],
        field: ".club-finder-text",
        text: member.mobile,
        gone: ".club-finder",
    };
}

function nextOfPayment(seen, wish, tried) {
    const order = seen.order;
    const open = order.payments.find((p) => ["retry", "pending"].includes(p.status));
    if (open && tried(open.uuid) < 3) {
        return { what: "try the payment again", taps: [".club-payment-send"] };
    }
    if (open) {
        return { what: "remove the payment", taps: [".paymentline .delete-button"] };
    }
    if (order.payments.some((p) => p.status.startsWith("waiting"))) {
        return { what: "wait for the payment" };
    }
    if (order.due) {
        const byCredit = wish.credit && !order.payments.length && tried("credit") < 2;
        const name = byCredit ? wish.credit : wish.rest;
        return { what: `pay by ${name}`, taps: [method(name)] };
    }
    const [only, ...others] = order.payments;
    if (only?.status === "done" && !others.length && tried("see it go on") < 4) {
        return { what: "wait for the receipt" }; // what pays all of it needs no tap
    }
    return { what: "validate", taps: [".payment-screen button.validation-button.next"] };
}

/**
 * What comes next when goods come back.
 *
 * @param {Object} wish sale (uuid of the order), good (to be brought back), rest (method)
 */
function nextOfRefund(seen, wish, tried) {
    if (seen.screen === "payment") {
        return nextOfPayment(seen, wish, tried);
    }
    if (seen.screen !== "ticket") {
        return {
            what: "refund",
            taps: [".product-screen .more-btn", ".control-buttons button:has(.fa-undo)"],
        };
    }
    const row = `.ticket-screen .order-row[orderUuid="${wish.sale}"]`;
    if (!seen.chosen) {
        return { what: "choose the order", taps: [`${row} td >> nth=1`] };
    }
    if (!seen.toRefund) {
        const line = `.ticket-screen .orderline:has-text("${wish.good.name}")`;
        return { what: "choose what comes back", taps: [line], keys: "1" };
    }
    return { what: "refund it", taps: [".ticket-screen .btn-primary.pay-order-button"] };
}

const product = (name) => `article.product:has(.product-name:text-is("${name}"))`;
const method = (name) => `.paymentmethods .paymentmethod:has(.payment-name:text-is("${name}"))`;

module.exports = {
    ANY,
    BUGS,
    believed,
    isAnswered,
    isOpening,
    isOver,
    look,
    nextOfRefund,
    nextOfSale,
    openOrder,
    syncNow,
};
