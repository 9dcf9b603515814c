import { ControlButtons } from "@point_of_sale/app/screens/product_screen/control_buttons/control_buttons";
import "@pos_loyalty/app/screens/product_screen/control_buttons/control_buttons";
import { patch } from "@web/core/utils/patch";

patch(ControlButtons.prototype, {
    /**
     * Whoever chooses a reward from the list wants the whole of it.
     *
     * @override
     */
    async _applyReward(reward) {
        this.pos.getOrder().setClubPart(reward, undefined);
        return super._applyReward(...arguments);
    },
});
