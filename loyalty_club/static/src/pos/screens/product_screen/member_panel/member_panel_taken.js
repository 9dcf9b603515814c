import { patch } from "@web/core/utils/patch";
import { MemberPanel } from "@loyalty_club/pos/screens/product_screen/member_panel/member_panel";

patch(MemberPanel.prototype, {
    /** Hand a reward over that waits for the customer. */
    async give(taken) {
        const done = await this.pos.giveClubReward(this.order, taken);
        if (done !== true) {
            this.pos.notification.add(done, { type: "warning" });
        }
    },
});
