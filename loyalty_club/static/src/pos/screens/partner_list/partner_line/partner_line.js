import { PartnerLine } from "@point_of_sale/app/screens/partner_list/partner_line/partner_line";
import "@pos_loyalty/app/screens/partner_list_screen/partner_line/partner_line";
import { patch } from "@web/core/utils/patch";
import { formatPoints } from "@loyalty_club/core/amounts";
import { isKept } from "@loyalty_club/pos/utils/programs";

patch(PartnerLine.prototype, {
    /** @override */
    _getLoyaltyPointsRepr(card) {
        const program = card.program_id;
        return isKept(program) && program.program_type === "loyalty"
            ? formatPoints(card.points, program.club_point_name)
            : super._getLoyaltyPointsRepr(...arguments);
    },
});
