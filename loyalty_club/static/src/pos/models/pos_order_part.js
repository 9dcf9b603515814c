import { PosOrder } from "@point_of_sale/app/models/pos_order";
import "@loyalty_club/pos/models/pos_order_panel";
import { patch } from "@web/core/utils/patch";
import { roundDownTo, roundUpTo } from "@loyalty_club/core/amounts";
import { isKept } from "@loyalty_club/pos/utils/programs";

/**
 * A part of the points: where each point is money, the customer says how many she uses. What she
 * said stays with the order, because stock works rewards out anew whenever the order changes.
 */
patch(PosOrder.prototype, {
    // --- what was said ------------------------------------------------------------------

    /** @returns {number|undefined} points that the customer uses for a reward; undefined: all */
    clubPart(reward) {
        const { clubParts, clubPartsOf } = this.uiState;
        return clubPartsOf === this.partner_id?.id ? clubParts?.[reward.id] : undefined;
    },

    /** @param {number|undefined} points undefined: all, as far as they go */
    setClubPart(reward, points) {
        const before = this.uiState.clubPartsOf === this.partner_id?.id && this.uiState.clubParts;
        this.uiState.clubParts = { ...before, [reward.id]: points };
        this.uiState.clubPartsOf = this.partner_id?.id;
    },

    // --- what can be said ---------------------------------------------------------------

    /**
     * The reward by which points become money here, and how many the order can take.
     *
     * @returns {Object|false} reward, cardId, most (points), step, name of points
     */
    get clubPointUse() {
        for (const { coupon_id, program_id } of Object.values(this.uiState.couponPointChanges)) {
            const program = this.models["loyalty.program"].get(program_id);
            const card = this.models["loyalty.card"].get(coupon_id);
            if (isKept(program) && program.program_type === "loyalty" && card?.id > 0) {
                const reward = program.reward_ids.find((one) => this._isClubMoney(one));
                return reward ? this._clubPointUse(reward, card) : false;
            }
        }
        return false;
    },

    _isClubMoney(reward) {
        return (
            reward.reward_type === "discount" &&
            reward.discount_mode === "per_point" &&
            !reward.clear_wallet &&
            !this.clubRewardRefusal(reward)
        );
    },

    _clubPointUse(reward, card) {
        const own = this._clubLinesOf(reward, card.id);
        const step = reward.program_id.club_rounding;
        const used = own.reduce((sum, line) => sum + line.points_cost, 0);
        const others = this.clubSpendingLines
            .filter((line) => line.coupon_id?.id === card.id)
            .reduce((sum, line) => sum + line.points_cost, -used);
        const there = card.points + this.clubLoan(card.id);
        const free = roundDownTo(Math.max(there - others, 0), step);
        const taken = own.reduce((sum, line) => sum - line.prices.total_included, 0);
        const limit = Math.min(reward.discount_max_amount || Infinity, this.clubShareOf(reward));
        const payable = Math.max(Math.min(this.priceIncl + taken, limit), 0);
        const full = roundUpTo(payable / reward.discount, step);
        const needed = roundUpTo(full * this.clubRewardShare, step);
        const enough = free / this.clubRewardShare >= reward.required_points;
        return {
            reward,
            cardId: card.id,
            used,
            most: enough ? Math.min(free, needed) : 0,
            free,
            step,
            name: reward.program_id.club_point_name,
        };
    },

    _clubLinesOf(reward, cardId) {
        return this._get_reward_lines().filter(
            (line) => line.reward_id?.id === reward.id && line.coupon_id?.id === cardId
        );
    },

    /** The most that a reward takes off the goods of the order: so many per cent of them. */
    clubShareOf(reward) {
        if (!reward.club_share) {
            return Infinity;
        }
        const goods = this.lines.filter((line) => !line.reward_id);
        const worth = goods.reduce((sum, line) => sum + line.prices.total_included, 0);
        return (Math.max(worth, 0) * reward.club_share) / 100;
    },

    /**
     * Money that so many points take off.
     *
     * @param {Object} reward
     * @param {number} points
     */
    clubPointsWorth(reward, points) {
        const { club_rounding: step } = reward.program_id;
        return roundDownTo(points / this.clubRewardShare, step) * reward.discount;
    },

    /**
     * Use so many points, in place of what is used of them now.
     *
     * @returns {true|string} or why not
     */
    useClubPoints({ reward, cardId }, points) {
        for (const line of this._clubLinesOf(reward, cardId)) {
            line.delete();
        }
        this.setClubPart(reward, points);
        return points > 0 ? this._applyReward(reward, cardId, {}) : true;
    },

    // --- what stock works out -------------------------------------------------------------

    /** @override */
    _getDiscountableOnOrder(reward) {
        return this._withinClubPart(reward, super._getDiscountableOnOrder(...arguments));
    },

    /** @override */
    _getDiscountableOnCheapest(reward) {
        return this._withinClubPart(reward, super._getDiscountableOnCheapest(...arguments));
    },

    /** @override */
    _getDiscountableOnSpecific(reward) {
        return this._withinClubPart(reward, super._getDiscountableOnSpecific(...arguments));
    },

    /**
     * No more is discounted than the points pay for that the customer uses, nor than the part of
     * the goods that points may pay for.
     */
    _withinClubPart(reward, found) {
        if (!isKept(reward.program_id)) {
            return found;
        }
        const points = this.clubPart(reward);
        const used = points === undefined ? Infinity : this.clubPointsWorth(reward, points);
        const worth = Math.min(used, this.clubShareOf(reward));
        if (found.discountable <= worth) {
            return found;
        }
        const share = worth / found.discountable;
        const perTax = Object.entries(found.discountablePerTax);
        return {
            discountable: worth,
            discountablePerTax: Object.fromEntries(perTax.map(([key, net]) => [key, net * share])),
        };
    },
});
