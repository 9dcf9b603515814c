import { describe, expect, test } from "@odoo/hoot";
import { setupPosEnv } from "@point_of_sale/../tests/unit/utils";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";

definePosModels();

/** An order of customer 1 for 100, and a reward by which each of her points is worth 0.5. */
async function setup() {
    const store = await setupPosEnv();
    const { models } = store;
    const order = store.addNewOrder();
    const program = models["loyalty.program"].getAll().find((p) => p.program_type === "loyalty");
    program.club_rounding = 1;
    order.setPartner(models["res.partner"].get(1));
    const reward = { id: 901, program_id: program, discount: 0.5, description: "Money" };
    return { models, order, program, reward };
}

const whole = () => ({ discountable: 100, discountablePerTax: { 1: 60, "": 20 } });

describe("pos.order - a part of the points", () => {
    test("no more is discounted than the points that were said pay for", async () => {
        const { order, reward } = await setup();
        order.setClubPart(reward, 40);
        expect(order._withinClubPart(reward, whole())).toEqual({
            discountable: 20,
            discountablePerTax: { 1: 12, "": 4 },
        });
    });

    test("nothing said, or more than the order costs: the whole of it", async () => {
        const { order, reward } = await setup();
        expect(order._withinClubPart(reward, whole())).toEqual(whole());
        order.setClubPart(reward, 500);
        expect(order._withinClubPart(reward, whole())).toEqual(whole());
        order.setClubPart(reward, 40);
        order.setClubPart(reward, undefined);
        expect(order._withinClubPart(reward, whole())).toEqual(whole());
    });

    test("points pay for a part of the goods at most", async () => {
        const { order, reward } = await setup();
        reward.club_share = 30;
        order.lines = [];
        expect(order.clubShareOf(reward)).toBe(0);
        order.clubShareOf = () => 30;
        expect(order._withinClubPart(reward, whole())).toEqual({
            discountable: 30,
            discountablePerTax: { 1: 18, "": 6 },
        });
        order.setClubPart(reward, 40);
        expect(order._withinClubPart(reward, whole()).discountable).toBe(20);
    });

    test("a level that pays less gets more for the same points, in whole points", async () => {
        const { order, reward } = await setup();
        order.setClubCustomer({ card: false, programs: [], tier: { reward_percent: 15 } });
        expect(order.clubPointsWorth(reward, 86)).toBe(50.5); // 101 points of others
        expect(order._atClubShare(reward, [{ points_cost: 101 }])).toEqual([{ points_cost: 86 }]);
    });

    test("what one customer said does not go for another", async () => {
        const { models, order, reward } = await setup();
        order.setClubPart(reward, 40);
        order.setPartner(models["res.partner"].get(3));
        expect(order.clubPart(reward)).toBe(undefined);
    });

    test("a reward that the server refuses is not offered, and says why", async () => {
        const { models, order, reward } = await setup();
        order.setClubCustomer({ card: false, programs: [], rewards: { 901: "nothing left" } });
        expect(order.clubRewardRefusal(reward)).toBe("“Money” cannot be chosen: nothing left.");
        expect(order._applyReward(reward, 1)).toBe("“Money” cannot be chosen: nothing left.");
        order.setPartner(models["res.partner"].get(3));
        expect(order.clubRewardRefusal(reward)).toBe(false);
    });
});

describe("pos.order - what the server said of the customer", () => {
    test("the panel is this customer's alone", async () => {
        const { models, order } = await setup();
        order.setClubCustomer({ card: false, programs: [], panel: { member_number: "7" } });
        expect(order.clubPanel).toEqual({ member_number: "7" });
        order.setPartner(models["res.partner"].get(3));
        expect(order.clubPanel).toBe(false);
    });

    test("a till that got no answer shows nothing", async () => {
        const { order } = await setup();
        order.setClubCustomer({ card: false, programs: [], panel: { member_number: "7" } });
        order.setClubCustomer(false);
        expect(order.clubPanel).toBe(false);
        expect(order.clubDisplay).toBe(false);
    });
});
