import { advanceTime, describe, expect, test, tick } from "@odoo/hoot";
import { getFilledOrder, setupPosEnv } from "@point_of_sale/../tests/unit/utils";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { QUOTE_AFTER } from "@loyalty_club/pos/services/pos_quote";

definePosModels();

/** A till whose questions for a quote wait until the test answers them. */
async function setup() {
    const store = await setupPosEnv();
    const order = await getFilledOrder(store);
    order.setPartner(store.models["res.partner"].get(1));
    const asked = [];
    const { call } = store.data.orm;
    store.data.orm.call = function (model, method, args) {
        if (method !== "club_quote") {
            return call.apply(this, arguments);
        }
        return new Promise((answer, fail) => asked.push({ basket: args[1], answer, fail }));
    };
    return { store, order, asked };
}

describe("pos.store - quote of the basket", () => {
    test("asked for once, when the basket has rested", async () => {
        const { store, order, asked } = await setup();
        store.requestClubQuote(order);
        await advanceTime(QUOTE_AFTER - 100);
        store.requestClubQuote(order);
        await advanceTime(QUOTE_AFTER - 100);
        expect(asked.length).toBe(0);
        await advanceTime(100);
        expect(asked.length).toBe(1);
        expect(asked[0].basket.lines.length).toBe(order.lines.length);
        asked[0].answer({ earned: [], missing: [] });
        await tick();
        await advanceTime(QUOTE_AFTER);
        expect(order.clubQuoteNow).toEqual({ earned: [], missing: [] });
        store.requestClubQuote(order);
        await advanceTime(QUOTE_AFTER);
        expect(asked.length).toBe(1); // known already
    });

    test("an answer for another basket is dropped, and it is asked again", async () => {
        const { store, order, asked } = await setup();
        store.requestClubQuote(order);
        await advanceTime(QUOTE_AFTER);
        order.lines[0].setQuantity(7);
        store.requestClubQuote(order);
        await advanceTime(QUOTE_AFTER);
        expect(asked.length).toBe(1); // one at a time
        asked[0].answer({ earned: [{ text: "1" }], missing: [] });
        await tick();
        await advanceTime(QUOTE_AFTER);
        expect(order.clubQuoteNow).toBe(false);
        expect(asked.length).toBe(2);
        expect(asked[1].basket.lines[0].qty).toBe(7);
    });

    test("whatever goes wrong is not told", async () => {
        const { store, order, asked } = await setup();
        store.requestClubQuote(order);
        await advanceTime(QUOTE_AFTER);
        asked[0].fail(new Error("the server is gone"));
        await tick();
        await advanceTime(QUOTE_AFTER);
        expect(order.clubQuoteNow).toBe(false);
    });

    test("offline nothing is asked", async () => {
        const { store, order, asked } = await setup();
        store.data.network.offline = true;
        store.requestClubQuote(order);
        await advanceTime(QUOTE_AFTER);
        expect(asked.length).toBe(0);
    });
});
