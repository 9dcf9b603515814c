import { PosOrder } from "@point_of_sale/app/models/pos_order";
import "@pos_loyalty/app/models/pos_order";
import { patch } from "@web/core/utils/patch";
import { roundUpTo } from "@loyalty_club/core/amounts";
import { isKept, isKeptForMember } from "@loyalty_club/pos/utils/programs";

patch(PosOrder.prototype, {
    // --- what the till does not work out ------------------------------------------------

    /**
     * The server decides what members earn. Stock attaches a member's card nevertheless, with
     * no points, which is what its rewards need.
     *
     * @override
     */
    pointsForPrograms(programs) {
        const points = super.pointsForPrograms(programs.filter((p) => !isKeptForMember(p)));
        for (const program of programs.filter(isKeptForMember)) {
            points[program.id] = [];
        }
        return points;
    },

    /**
     * Points the club keeps are shown by templates of its own, from the server's numbers.
     *
     * @override
     */
    getLoyaltyPoints() {
        return super.getLoyaltyPoints().filter(({ program }) => !isKept(program));
    },

    // --- rewards --------------------------------------------------------------------------

    /**
     * Whole points pay for a discount: a started point counts.
     *
     * @override
     */
    _getRewardLineValuesDiscount({ reward }) {
        const lines = super._getRewardLineValuesDiscount(...arguments);
        const program = reward.program_id;
        if (isKept(program) && lines.length) {
            lines[0].points_cost = roundUpTo(lines[0].points_cost, program.club_rounding);
        }
        return lines;
    },

    /**
     * Every free product is paid for, also those that stock adds to a reward later on.
     *
     * @override
     */
    _getRewardLineValuesProduct({ reward }) {
        const lines = super._getRewardLineValuesProduct(...arguments);
        if (isKept(reward.program_id) && Array.isArray(lines) && !reward.clear_wallet) {
            for (const line of lines) {
                const times = Math.ceil(line.qty / reward.reward_product_qty);
                line.points_cost = times * reward.required_points;
            }
        }
        return lines;
    },

    /**
     * A reward is offered once at a time, not as often as the member could afford it.
     *
     * @override
     */
    _computePotentialFreeProductQty(reward) {
        const quantity = super._computePotentialFreeProductQty(...arguments);
        return isKept(reward.program_id) ? Math.min(quantity, reward.reward_product_qty) : quantity;
    },

    // --- the club on this order -------------------------------------------------------------

    /** Lines that spend value which the club keeps. */
    get clubSpendingLines() {
        return this._get_reward_lines().filter((line) => isKept(line.reward_id?.program_id));
    },

    /** Whether the order spends more than what the server said last is there. */
    get clubOverspends() {
        return (
            !this.finalized &&
            this.clubSpendingLines.some((line) => this._getRealCouponPoints(line.coupon_id?.id) < 0)
        );
    },

    /**
     * The member's points while the order is being made: what the server said last, and what
     * the order spends of it.
     *
     * @returns {Array<{cardId: number, club: string, name: string, balance: number, spent: number}>}
     */
    getClubPoints() {
        const stats = [];
        for (const { coupon_id, program_id } of Object.values(this.uiState.couponPointChanges)) {
            const program = this.models["loyalty.program"].get(program_id);
            const card = this.models["loyalty.card"].get(coupon_id);
            if (isKept(program) && program.program_type === "loyalty" && card?.id > 0) {
                const lines = this.clubSpendingLines.filter((l) => l.coupon_id?.id === card.id);
                stats.push({
                    cardId: card.id,
                    club: program.name,
                    name: program.club_point_name,
                    balance: card.points,
                    spent: lines.reduce((sum, line) => sum + line.points_cost, 0),
                });
            }
        }
        return stats;
    },

    /**
     * What the receipt says about the club.
     *
     * @returns {"booked"|"waiting"|false} numbers of the server; or paid and not sent to it yet
     */
    get clubReceiptState() {
        if (this.club_booked) {
            return (this.club_member_number || this.club_wallets?.length) && "booked";
        }
        const served = this.models["loyalty.program"].some(isKeptForMember);
        return served && this.finalized && this.partner_id && "waiting";
    },

    /**
     * Take away the changes of members' cards that nothing is spent from: the server books the
     * order by itself and need not be asked about them.
     *
     * @returns {Object} what was taken away
     */
    takeIdleClubChanges() {
        const used = new Set(this.clubSpendingLines.map((line) => line.coupon_id?.id));
        const idle = {};
        for (const [key, change] of Object.entries(this.uiState.couponPointChanges)) {
            const program = this.models["loyalty.program"].get(change.program_id);
            if (isKeptForMember(program) && !used.has(change.coupon_id)) {
                idle[key] = change;
                delete this.uiState.couponPointChanges[key];
            }
        }
        return idle;
    },

    /**
     * The physical card sold goes with its line, so that the server issues that very card.
     *
     * @override
     */
    processGiftCard(code, points, expirationDate) {
        super.processGiftCard(...arguments);
        this.getSelectedOrderline().update({
            club_gift_code: code,
            club_gift_valid_until: expirationDate || false,
        });
    },
});
