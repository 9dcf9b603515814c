import { describe, expect, test } from "@odoo/hoot";
import { setupPosEnv } from "@point_of_sale/../tests/unit/utils";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";

definePosModels();

/** A till with card 70 of a program that the club keeps, or not, and what its server was asked. */
async function setup({ kept = true, type = "loyalty" } = {}) {
    const store = await setupPosEnv();
    const { models } = store;
    const program = models["loyalty.program"].get(7);
    program.club_rounding = kept ? 1 : 0;
    program.program_type = type;
    models["loyalty.card"].create({ id: 70, code: "member", program_id: program, points: 9 });
    const asked = [];
    store.data.orm.call = async (model, method, args) => {
        asked.push([method, ...args.slice(1)]);
        return { successful: true, payload: {} };
    };
    return { data: store.data, asked };
}

const validate = (data, changes, codes = []) =>
    data.call("pos.order", "validate_coupon_programs", [[], changes, codes]);
const confirm = (data, told) => data.call("pos.order", "confirm_coupon_programs", [1, told]);

describe("pos.data - cards that the club keeps", () => {
    test("nothing is asked about them before the sale, nor told after it", async () => {
        const { data, asked } = await setup();
        expect(await validate(data, { 70: -5 })).toEqual({ successful: true, payload: {} });
        expect(await confirm(data, { 70: { points: -5 } })).toEqual({});
        expect(asked).toEqual([]);
    });

    test("other cards and new codes are asked about as ever", async () => {
        const { data, asked } = await setup();
        await validate(data, { 70: -5, 71: -1 });
        await validate(data, { 70: -5 }, ["NEW"]);
        await confirm(data, { 70: { points: -5 }, "-3": { points: 1 } });
        expect(asked).toEqual([
            ["validate_coupon_programs", { 71: -1 }, []],
            ["validate_coupon_programs", {}, ["NEW"]],
            ["confirm_coupon_programs", { "-3": { points: 1 } }],
        ]);
    });

    test("programs of stock's own are asked about as ever", async () => {
        const { data, asked } = await setup({ kept: false });
        await validate(data, { 70: -5 });
        await confirm(data, { 70: { points: -5 } });
        expect(asked.length).toBe(2);
    });

    test("the till is told what is left of prepaid credit", async () => {
        const { data, asked } = await setup({ type: "ewallet" });
        await validate(data, { 70: -5 });
        await confirm(data, { 70: { points: -5 } });
        expect(asked.map(([method]) => method)).toEqual(["confirm_coupon_programs"]);
    });
});
