import { describe, expect, test } from "@odoo/hoot";
import { setupPosEnv } from "@point_of_sale/../tests/unit/utils";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { addProductLineToOrder } from "@pos_loyalty/../tests/unit/utils";

definePosModels();

/** A till with an order of one product, and program 7 (members' points) kept by the club. */
async function setup({ kept = true, points = 100 } = {}) {
    const store = await setupPosEnv();
    const { models } = store;
    const order = store.addNewOrder();
    const program = models["loyalty.program"].get(7);
    program.club_rounding = kept ? 1 : 0;
    program.club_point_name = "stars";
    const partner = models["res.partner"].get(1);
    const card = models["loyalty.card"].create({
        id: 70,
        code: "member",
        program_id: program,
        partner_id: partner,
        points,
    });
    order.setPartner(partner);
    await addProductLineToOrder(store, order);
    order.uiState.couponPointChanges = {
        [card.id]: { coupon_id: card.id, program_id: program.id, points: 0 },
    };
    return { store, models, order, program, card };
}

async function spend(store, order, program, card, points) {
    const reward = program.reward_ids[0];
    return addProductLineToOrder(store, order, {
        coupon_id: card,
        is_reward_line: true,
        reward_id: reward,
        points_cost: points,
    });
}

describe("pos.order - club", () => {
    test("the till works out no points for programs the club keeps", async () => {
        const kept = await setup();
        expect(kept.order.pointsForPrograms([kept.program])).toEqual({ 7: [] });
    });

    test("other programs are worked out as ever", async () => {
        const { order, program } = await setup({ kept: false });
        expect(order.pointsForPrograms([program])[7]).not.toBe(undefined);
        expect(order.getLoyaltyPoints().length).toBe(1);
        expect(order.getClubPoints()).toEqual([]);
    });

    test("stock's lines about points are hidden, the club's balance is shown", async () => {
        const { store, order, program, card } = await setup();
        expect(order.getLoyaltyPoints()).toEqual([]);
        expect(order.getClubPoints()).toEqual([
            { cardId: 70, club: program.name, name: "stars", balance: 100, spent: 0 },
        ]);

        await spend(store, order, program, card, 30);
        expect(order.getClubPoints()[0].spent).toBe(30);
    });

    test("a customer without a card of the club sees no balance", async () => {
        const { models, order, program } = await setup();
        models["loyalty.card"].create({ id: -5, program_id: program, points: 0 });
        order.uiState.couponPointChanges = {
            "-5": { coupon_id: -5, program_id: program.id, points: 0 },
        };
        expect(order.getClubPoints()).toEqual([]);
    });

    test("a card that nothing is spent from is not sent for confirmation", async () => {
        const { order } = await setup();
        expect(Object.keys(order.takeIdleClubChanges())).toEqual(["70"]);
        expect(order.uiState.couponPointChanges).toEqual({});
    });

    test("a card that is spent from is sent for confirmation", async () => {
        const { store, order, program, card } = await setup();
        await spend(store, order, program, card, 30);
        expect(order.takeIdleClubChanges()).toEqual({});
        expect(Object.keys(order.uiState.couponPointChanges)).toEqual(["70"]);
    });

    test("spending more than is left is noticed", async () => {
        const { store, order, program, card } = await setup();
        await spend(store, order, program, card, 100);
        expect(order.clubOverspends).toBe(false);

        card.points = 9;
        expect(order.clubOverspends).toBe(true);
    });

    test("the receipt says nothing before payment, waits for the server, then repeats it", async () => {
        const { order } = await setup();
        expect(Boolean(order.clubReceiptState)).toBe(false);

        order.state = "paid";
        expect(order.clubReceiptState).toBe("waiting");

        order.club_booked = true;
        expect(Boolean(order.clubReceiptState)).toBe(false);
        order.club_member_number = "000100014";
        expect(order.clubReceiptState).toBe("booked");
    });

    test("the code of a physical gift card goes with its line", async () => {
        const { order } = await setup();
        order.processGiftCard("PLASTIC-1", 50, "2030-01-31");
        const line = order.getSelectedOrderline();
        expect([line.club_gift_code, line.club_gift_valid_until.toISODate?.()]).toEqual([
            "PLASTIC-1",
            "2030-01-31",
        ]);
    });
});
