import { PosOrderline } from "@point_of_sale/app/models/pos_order_line";
import "@pos_loyalty/app/models/pos_order_line";
import { patch } from "@web/core/utils/patch";

const STORED_VALUE = ["gift_card", "ewallet"];

patch(PosOrderline.prototype, {
    /**
     * A new line is as cheap as those it may be added to.
     *
     * @override
     */
    setOptions() {
        const result = super.setOptions(...arguments);
        this.applyClubCard(this.order_id.clubCardPercent);
        return result;
    },

    /**
     * What the cashier takes off goes before the card, if it is more.
     *
     * @override
     */
    setDiscount() {
        const result = super.setDiscount(...arguments);
        this.club_card_discount = 0;
        this.applyClubCard(this.order_id?.clubCardPercent || 0);
        return result;
    },

    /** Whether the line sells goods: no reward, return, tip, stored value, or quoted order. */
    get takesClubCard() {
        const excluded = [
            this.is_reward_line,
            this.refunded_orderline_id,
            this.sale_order_origin_id,
            this._e_wallet_program_id,
        ];
        return (
            this.qty >= 0 &&
            this.price_unit >= 0 &&
            !excluded.some(Boolean) &&
            !this.isTipLine() &&
            !this._sellsStoredValue()
        );
    },

    _sellsStoredValue() {
        const programs = this.models["loyalty.program"]?.getBy(
            "trigger_product_ids",
            this.product_id?.id
        );
        return (programs || []).some((program) => STORED_VALUE.includes(program.program_type));
    },

    /**
     * Take a card's percentage off, unless more is taken off already.
     *
     * @param {number} percent 0 takes away what a card took off before
     * @returns {boolean} whether the line changed
     */
    applyClubCard(percent) {
        const [before, byCard] = [this.discount || 0, this.club_card_discount || 0];
        const own = byCard && byCard === before ? 0 : before;
        const wanted = percent > own && this.takesClubCard ? percent : 0;
        const after = wanted || own;
        if (wanted === byCard && after === before) {
            return false;
        }
        this.update({ discount: after, club_card_discount: wanted });
        return true;
    },
});
