import { PortalLoyaltyCardDialog } from "@loyalty/js/portal/loyalty_card_dialog/loyalty_card_dialog";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { patch } from "@web/core/utils/patch";

patch(PortalLoyaltyCardDialog.prototype, {
    /** The last day of the card in the member's format and calendar. */
    get lastDay() {
        return formatDate(deserializeDate(this.props.card.expiration_date));
    },
});
