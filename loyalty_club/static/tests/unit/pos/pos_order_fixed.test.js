import { describe, expect, test } from "@odoo/hoot";
import { setupPosEnv } from "@point_of_sale/../tests/unit/utils";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";

definePosModels();

async function setup() {
    const store = await setupPosEnv();
    store.config.club_fix_customer = true;
    const [sara, stranger] = [1, 3].map((id) => store.models["res.partner"].get(id));
    return { store, order: store.addNewOrder(), sara, stranger };
}

describe("pos.order - customer fixed when payment begins", () => {
    test("who was chosen before counts, and stays the one", async () => {
        const { order, sara, stranger } = await setup();
        order.setPartner(sara);
        order.beginClubPayment();
        expect(order.isClubCustomerLate).toBe(false);
        order.setPartner(stranger);
        order.beginClubPayment();
        expect(order.isClubCustomerLate).toBe(true);
        order.setPartner(sara);
        expect(order.isClubCustomerLate).toBe(false);
    });

    test("who is chosen afterwards is late, nobody is not", async () => {
        const { store, order, sara } = await setup();
        order.beginClubPayment();
        expect(order.isClubCustomerLate).toBe(false);
        order.setPartner(sara);
        expect(order.isClubCustomerLate).toBe(true);
        store.config.club_fix_customer = false;
        expect(order.isClubCustomerLate).toBe(false);
    });
});
