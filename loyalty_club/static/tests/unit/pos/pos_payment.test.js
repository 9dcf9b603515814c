import { describe, expect, test } from "@odoo/hoot";
import { setupPosEnv } from "@point_of_sale/../tests/unit/utils";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { addProductLineToOrder } from "@pos_loyalty/../tests/unit/utils";
import { PaymentClubWallet } from "@loyalty_club/pos/utils/payment_club_wallet";

definePosModels();

/**
 * A till with an order, a payment from the club, and a server that gives these answers in turn.
 *
 * @param {...(Object|false|Function)} answers false: none arrives
 */
async function setup(...answers) {
    const store = await setupPosEnv();
    const { models } = store;
    const order = store.addNewOrder();
    order.setPartner(models["res.partner"].get(1));
    await addProductLineToOrder(store, order);
    const method = models["pos.payment.method"].find((m) => !m.is_cash_count);
    Object.assign(method, { use_payment_terminal: "club_wallet", club_bearer: false });
    method.payment_terminal = new PaymentClubWallet(store, method);
    const asked = [];
    store.data.synchronizeLocalDataInIndexedDB = async () => asked.push(["kept"]);
    store._askClub = async (what, args) => {
        asked.push([what, args.key]);
        const answer = what === "pay" ? answers.shift() : {};
        return typeof answer === "function" ? answer() : answer;
    };
    const { data: payment } = order.addPaymentline(method);
    return { store, order, payment, asked, terminal: method.payment_terminal };
}

const HELD = { status: "open", pays: "2.00", left: "0.00" };

describe("pos.payment - club", () => {
    test("the key is kept before it is sent, and sent again when no answer came", async () => {
        const { payment, asked } = await setup(false, HELD);

        await payment.pay();
        expect(payment.getPaymentStatus()).toBe("retry");
        await payment.pay();
        expect(payment.getPaymentStatus()).toBe("done");

        const key = payment.club_key;
        expect(asked).toEqual([["kept"], ["pay", key], ["kept"], ["pay", key]]);
        expect([payment.getAmount(), payment.uiState.clubLeft]).toEqual([2, 0]);
    });

    test("when the time was over it is asked for anew, once", async () => {
        const over = { status: "refused", reason: "over", message: "Over" };
        const { payment, asked } = await setup(over, over, HELD);

        await payment.pay();

        expect(payment.getPaymentStatus()).toBe("retry");
        const keys = asked.filter(([what]) => what === "pay").map(([, key]) => key);
        expect(keys.length).toBe(2);
        expect(keys[0] === keys[1]).toBe(false);
        expect(payment.uiState.clubMessage).toBe("Over");
    });

    test("a payment that was removed meanwhile is let go", async () => {
        let remove = null;
        const { order, payment, asked } = await setup(() => remove());
        remove = () => {
            order.removePaymentline(payment);
            return HELD;
        };
        const key = () => asked.find(([what]) => what === "pay")[1];

        await payment.payment_method_id.payment_terminal.sendPaymentRequest(payment.uuid);

        expect(asked.at(-1)).toEqual(["release", key()]);
    });

    test("another customer does not pay with what was held", async () => {
        const { store, order, payment, asked } = await setup(HELD);
        await payment.pay();
        const key = payment.club_key;

        order.setPartner(store.models["res.partner"].find((p) => p.id !== 1));

        expect(order.payment_ids.length).toBe(0);
        expect(asked.at(-1)).toEqual(["release", key]);
    });

    test("value pays for goods, once", async () => {
        const { order, payment } = await setup(HELD);
        expect(order.clubPayable(payment)).toBe(order.priceIncl);

        await payment.pay();

        expect(order.clubPayable(null)).toBe(order.currency.round(order.priceIncl - 2));
    });

    test("after a reload what is held is known again", async () => {
        const { store, payment, terminal } = await setup();
        payment.club_key = "a-key";
        store._askClub = async (what, { key }) => {
            expect([what, key]).toEqual(["payment_state", "a-key"]);
            return { status: "open", pays: "1.50" };
        };

        await terminal.recall(payment);

        expect([payment.getAmount(), payment.getPaymentStatus()]).toEqual([1.5, "done"]);
    });
});
