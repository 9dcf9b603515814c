import { ManageGiftCardPopup } from "@pos_loyalty/app/components/popups/manage_giftcard_popup/manage_giftcard_popup";
import { patch } from "@web/core/utils/patch";
import { readCode } from "@loyalty_club/core/typed";

/** The code of a gift card is what stands on it, with whatever keyboard it is typed. */
patch(ManageGiftCardPopup.prototype, {
    /** @override */
    async checkGiftCard() {
        this._readClubCode();
        return super.checkGiftCard(...arguments);
    },

    /** @override */
    async addBalance() {
        this._readClubCode();
        return super.addBalance(...arguments);
    },

    _readClubCode() {
        const code = readCode(this.state.inputValue);
        if (code !== this.state.inputValue.trim()) {
            this.state.inputValue = code;
        }
    },
});
