import { describe, expect, test } from "@odoo/hoot";
import { setupPosEnv } from "@point_of_sale/../tests/unit/utils";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { addProductLineToOrder } from "@pos_loyalty/../tests/unit/utils";

definePosModels();

/** An order of one product, and program 1 for certain members: customer 1 is one of them. */
async function setup() {
    const store = await setupPosEnv();
    const { models } = store;
    const order = store.addNewOrder();
    await addProductLineToOrder(store, order);
    const program = models["loyalty.program"].get(1);
    const [sara, stranger] = [1, 3].map((id) => models["res.partner"].get(id));
    return { store, models, order, program, sara, stranger };
}

describe("pos.order - programs for certain members", () => {
    test("a program for everybody is applicable as ever", async () => {
        const { order, program } = await setup();
        expect(order._programIsApplicable(program)).toBe(true);
    });

    test("it is applicable once the server has named it for the customer", async () => {
        const { order, program, sara } = await setup();
        program.club_audience = true;
        expect(order._programIsApplicable(program)).toBe(false);

        order.setPartner(sara);
        expect(order._programIsApplicable(program)).toBe(false);
        expect(order.setClubPrograms([program.id])).toBe(true);
        expect(order._programIsApplicable(program)).toBe(true);
        expect(order.setClubPrograms([program.id])).toBe(false);
    });

    test("what was said of one customer does not go for another", async () => {
        const { order, program, sara, stranger } = await setup();
        program.club_audience = true;
        order.setPartner(sara);
        order.setClubPrograms([program.id]);

        order.setPartner(stranger);
        expect(order._programIsApplicable(program)).toBe(false);
    });

    test("what the server says while programs are worked out counts afterwards", async () => {
        const { order, program, sara } = await setup();
        program.club_audience = true;
        order.setPartner(sara);
        await order.withClubProgramsHeld(async () => {
            order.setClubPrograms([program.id]);
            expect(order._programIsApplicable(program)).toBe(false);
        });
        expect(order._programIsApplicable(program)).toBe(true);
    });

    test("its reward is not applied for others, and the cashier reads why", async () => {
        const { models, order, stranger } = await setup();
        const program = models["loyalty.program"].get(7);
        program.club_audience = true;
        order.setPartner(stranger);
        const said = order._applyReward(program.reward_ids[0], 1);
        expect(String(said)).toInclude("certain members");
        expect(order._get_reward_lines().length).toBe(0);
    });

    test("a code for certain members says so", async () => {
        const { store, models, order } = await setup();
        const rule = models["loyalty.rule"].get(1);
        rule.program_id.club_audience = true;
        Object.assign(rule, { mode: "with_code", code: "GOLD" });
        const said = await store.activateCode("GOLD");
        expect(String(said)).toInclude("certain members");
        expect(order.uiState.codeActivatedProgramRules.length).toBe(0);
    });
});
