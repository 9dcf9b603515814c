import { PosOrder } from "@point_of_sale/app/models/pos_order";
import "@pos_loyalty/app/models/pos_order";
import { patch } from "@web/core/utils/patch";
import { notForCustomer } from "@loyalty_club/pos/utils/programs";

/** Programs open to the customer while stock works programs out, by the order's uuid. */
const held = new Map();

/** Programs for certain members of the club: the server says which the customer may use. */
patch(PosOrder.prototype, {
    /** Ids of the programs for certain members that the server named for this very customer. */
    get clubPrograms() {
        const { clubPrograms, clubProgramsOf } = this.uiState;
        return clubPrograms && clubProgramsOf === this.partner_id?.id ? clubPrograms : [];
    },

    /**
     * @param {number[]} ids of the programs for certain members that the customer may use
     * @returns {boolean} whether they are others than before
     */
    setClubPrograms(ids) {
        const before = this.clubPrograms;
        this.uiState.clubPrograms = ids || [];
        this.uiState.clubProgramsOf = this.partner_id?.id;
        const after = this.clubPrograms;
        return before.length !== after.length || after.some((id) => !before.includes(id));
    },

    /**
     * @param {Object} program loyalty.program
     * @returns {boolean} whether the customer is one of those whom it is for
     */
    isOpenToCustomer(program) {
        const open = held.get(this.uuid) || this.clubPrograms;
        return !program.club_audience || open.includes(program.id);
    },

    /**
     * Stock asks twice whether a program is applicable and waits for the server in between: what
     * the server says meanwhile counts from the next time on.
     *
     * @param {Function} work asynchronous
     */
    async withClubProgramsHeld(work) {
        held.set(this.uuid, this.clubPrograms);
        try {
            return await work();
        } finally {
            held.delete(this.uuid);
        }
    },

    /** @override */
    _programIsApplicable(program) {
        return this.isOpenToCustomer(program) && super._programIsApplicable(...arguments);
    },

    /** @override */
    getClaimableRewards() {
        return super
            .getClaimableRewards(...arguments)
            .filter(({ reward }) => this.isOpenToCustomer(reward.program_id));
    },

    /**
     * Stock applies a coupon's reward anew whenever the order changes, also for another customer.
     *
     * @override
     */
    _applyReward(reward) {
        if (!this.isOpenToCustomer(reward.program_id)) {
            return notForCustomer(reward.program_id);
        }
        return super._applyReward(...arguments);
    },
});
