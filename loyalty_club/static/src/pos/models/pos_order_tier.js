import { PosOrder } from "@point_of_sale/app/models/pos_order";
import "@loyalty_club/pos/models/pos_order";
import "@loyalty_club/pos/models/pos_order_card";
import "@loyalty_club/pos/models/pos_order_taken"; // points in hand, before they are weighed
import { patch } from "@web/core/utils/patch";
import { roundDownTo, roundUpTo } from "@loyalty_club/core/amounts";
import { isKept } from "@loyalty_club/pos/utils/programs";

/**
 * The customer's level in the club, as the server said when she was chosen. Rewards may cost her
 * fewer points: her points then count for as much as they buy, and a line takes off what the
 * reward costs her. The server checks it when the order is paid.
 */
patch(PosOrder.prototype, {
    /** @returns {Object|false} name of the level and the way to the next one, in words */
    get clubTier() {
        const { clubTier, clubTierOf } = this.uiState;
        return (clubTier && clubTierOf === this.partner_id?.id && clubTier) || false;
    },

    /** @returns {number} the part of a point that the customer pays where others pay a whole one */
    get clubRewardShare() {
        return 1 - (this.clubTier?.reward_percent || 0) / 100;
    },

    /** @override */
    setClubCustomer(answer) {
        const before = this.clubRewardShare;
        this.uiState.clubTier = (answer && answer.tier) || false;
        this.uiState.clubTierOf = this.partner_id?.id;
        return super.setClubCustomer(...arguments) || before !== this.clubRewardShare;
    },

    /** @override */
    _getRealCouponPoints(couponId) {
        const points = super._getRealCouponPoints(...arguments);
        const card = this.models["loyalty.card"].get(couponId);
        if (!this._paysClubShare(card?.program_id)) {
            return points;
        }
        return roundDownTo(points / this.clubRewardShare, card.program_id.club_rounding);
    },

    /** @override */
    _getRewardLineValuesDiscount({ reward }) {
        return this._atClubShare(reward, super._getRewardLineValuesDiscount(...arguments));
    },

    /** @override */
    _getRewardLineValuesProduct({ reward }) {
        return this._atClubShare(reward, super._getRewardLineValuesProduct(...arguments));
    },

    _paysClubShare(program) {
        return this.clubRewardShare !== 1 && isKept(program) && program.program_type === "loyalty";
    },

    _atClubShare(reward, lines) {
        const program = reward.program_id;
        if (this._paysClubShare(program) && Array.isArray(lines)) {
            for (const line of lines) {
                const cost = line.points_cost * this.clubRewardShare;
                line.points_cost = roundUpTo(cost, program.club_rounding);
            }
        }
        return lines;
    },
});
