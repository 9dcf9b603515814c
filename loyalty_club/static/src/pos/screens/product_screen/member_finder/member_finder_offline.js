import { patch } from "@web/core/utils/patch";
import { MemberFinder } from "@loyalty_club/pos/screens/product_screen/member_finder/member_finder";

patch(MemberFinder.prototype, {
    /**
     * Nobody answers: a number is kept with the order.
     *
     * @override
     */
    show(searched, answer) {
        if (!answer && this.pos.keepClubCode(searched)) {
            this.props.close();
            return;
        }
        super.show(...arguments);
    },
});
