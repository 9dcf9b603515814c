import { PosOrder } from "@point_of_sale/app/models/pos_order";
import "@loyalty_club/pos/models/pos_order";
import { patch } from "@web/core/utils/patch";
import { roundUpTo } from "@loyalty_club/core/amounts";

/**
 * Rewards that the customer took beforehand, and that this order hands over. Their points are held
 * on the server: the order has them to spend besides what the card says.
 */
patch(PosOrder.prototype, {
    /** @returns {Array<Object>} code, reward_id, points, name, until; and pending: not applied yet */
    get clubGiven() {
        const { clubGiven, clubGivenOf } = this.uiState;
        return (clubGivenOf === this.partner_id?.id && clubGiven) || [];
    },

    /**
     * @param {Object} taken as the server told it
     * @returns {boolean} whether it was not on this order before
     */
    giveClubReward(taken) {
        const before = this.clubGiven;
        if (before.some(({ code }) => code === taken.code)) {
            return false;
        }
        this._setClubGiven([...before, { ...taken, pending: true }]);
        return true;
    },

    /** @param {string} code of a reward that is not handed over after all */
    keepClubReward(code) {
        this._setClubGiven(this.clubGiven.filter((given) => given.code !== code));
    },

    _setClubGiven(given) {
        this.uiState.clubGiven = given;
        this.uiState.clubGivenOf = this.partner_id?.id;
        this.club_taken_codes = given.map(({ code }) => code).join(" ") || false;
    },

    /** Rewards whose lines are gone from the order wait for the customer again. */
    _pruneClubGiven() {
        const there = new Set(this._get_reward_lines().map((line) => line.reward_id?.id));
        for (const { code, reward_id, pending } of this.clubGiven) {
            if (!pending && !there.has(reward_id)) {
                this.keepClubReward(code);
            }
        }
    },

    /** @returns {number} points of a card that are held for what the order hands over */
    clubLoan(couponId) {
        const card = this.models["loyalty.card"].get(couponId);
        let loan = 0;
        for (const { reward_id, points } of this.clubGiven) {
            const reward = this.models["loyalty.reward"].get(reward_id);
            if (card && reward?.program_id.id === card.program_id?.id) {
                // What it costs by now; the server takes what it cost when it was taken.
                const cost = reward.required_points * this.clubRewardShare;
                loan += Math.max(points, roundUpTo(cost, reward.program_id.club_rounding));
            }
        }
        return loan;
    },

    /** @override */
    _getRealCouponPoints(couponId) {
        return super._getRealCouponPoints(...arguments) + this.clubLoan(couponId);
    },

    /** @override */
    getClubPoints() {
        return super.getClubPoints().map((stat) => ({
            ...stat,
            balance: stat.balance + this.clubLoan(stat.cardId),
        }));
    },

    /** @override */
    _updateRewardLines() {
        const changed = super._updateRewardLines(...arguments);
        this._pruneClubGiven();
        return changed;
    },

    /** @override */
    removeOrderline() {
        const result = super.removeOrderline(...arguments);
        this._pruneClubGiven();
        return result;
    },
});
