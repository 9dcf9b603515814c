import { session } from "@web/session";
import { patch } from "@web/core/utils/patch";
import { Popup } from "@website/interactions/popup/popup";

patch(Popup.prototype, {
    /** Nobody who is signed in is asked to join by a popup. */
    canShowPopup() {
        if (this.el.classList.contains("o_club_popup") && !session.is_website_user) {
            return false;
        }
        return super.canShowPopup(...arguments);
    },
});
