import { PosStore } from "@point_of_sale/app/services/pos_store";
import "@loyalty_club/pos/services/pos_card";
import { patch } from "@web/core/utils/patch";
import { notForCustomer } from "@loyalty_club/pos/utils/programs";

patch(PosStore.prototype, {
    /** @override */
    async _updatePrograms() {
        const order = this.getOrder();
        const work = () => super._updatePrograms(...arguments);
        return order ? order.withClubProgramsHeld(work) : work();
    },

    /**
     * A discount code for certain members says so, instead of doing nothing.
     *
     * @override
     */
    async activateCode(code) {
        const order = this.getOrder();
        const rule = this.models["loyalty.rule"].find(
            (r) => r.mode === "with_code" && (r.promo_barcode === code || r.code === code)
        );
        if (order && rule && !order.isOpenToCustomer(rule.program_id)) {
            return notForCustomer(rule.program_id);
        }
        return super.activateCode(...arguments);
    },
});
