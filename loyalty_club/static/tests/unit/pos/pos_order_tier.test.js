import { describe, expect, test } from "@odoo/hoot";
import { setupPosEnv } from "@point_of_sale/../tests/unit/utils";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";

definePosModels();

/** An order of customer 1, whose points program the club keeps. */
async function setup() {
    const store = await setupPosEnv();
    const { models } = store;
    const order = store.addNewOrder();
    const program = models["loyalty.program"].getAll().find((p) => p.program_type === "loyalty");
    program.club_rounding = 1;
    const [sara, stranger] = [1, 3].map((id) => models["res.partner"].get(id));
    order.setPartner(sara);
    return { models, order, program, stranger };
}

describe("pos.order - level of the customer", () => {
    test("rewards cost a level fewer points, rounded up", async () => {
        const { order, program } = await setup();
        order.setClubCustomer({ card: false, programs: [], tier: { reward_percent: 15 } });
        const reward = { program_id: program };
        expect(order._atClubShare(reward, [{ points_cost: 101 }])).toEqual([{ points_cost: 86 }]);
        expect(order._atClubShare(reward, "no reason")).toBe("no reason");
    });

    test("without a level they cost what they cost", async () => {
        const { order, program } = await setup();
        order.setClubCustomer({ card: false, programs: [], tier: false });
        const reward = { program_id: program };
        expect(order._atClubShare(reward, [{ points_cost: 101 }])).toEqual([{ points_cost: 101 }]);
    });

    test("points count for as many whole ones as they buy, so that all can be spent", async () => {
        const { models, order, program } = await setup();
        const sara = models["res.partner"].get(1);
        for (const [id, points, buys] of [
            [71, 86, 101], // 101.18 would round up to 102, which cost 87
            [72, 85, 100],
            [73, 0, 0],
        ]) {
            models["loyalty.card"].create({
                id,
                code: `member${id}`,
                program_id: program,
                partner_id: sara,
                points,
            });
            order.setClubCustomer({ card: false, programs: [], tier: { reward_percent: 15 } });
            expect(order._getRealCouponPoints(id)).toBe(buys);
        }
    });

    test("what was said of one customer does not go for another", async () => {
        const { order, stranger } = await setup();
        order.setClubCustomer({ card: false, programs: [], tier: { reward_percent: 15 } });
        expect(order.clubRewardShare).toBe(0.85);
        order.setPartner(stranger);
        expect(order.clubRewardShare).toBe(1);
    });
});
