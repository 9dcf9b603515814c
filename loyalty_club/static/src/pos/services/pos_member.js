import { PosStore } from "@point_of_sale/app/services/pos_store";
import "@loyalty_club/pos/services/pos_card";
import { patch } from "@web/core/utils/patch";
import { readIdentity } from "@loyalty_club/core/typed";
import { MemberFinder } from "@loyalty_club/pos/screens/product_screen/member_finder/member_finder";

/** Who the customer is: found by anything she is known by, or enrolled on the spot. */
patch(PosStore.prototype, {
    /** Open the one field in which a cashier looks for the customer. */
    openMemberFinder() {
        const order = this.getOrder();
        if (order && !order.finalized) {
            this.dialog.add(MemberFinder, { order });
        }
    },

    /**
     * @param {string} text as typed or scanned
     * @returns {Promise<Object|false>} exact, hits, more, message, enrol; false: no answer
     */
    async findClubMembers(text) {
        return this._askClub("find", { text: readIdentity(text) });
    },

    /**
     * Choose one of the people who were found.
     *
     * @param {Object} order
     * @param {number} partnerId
     * @returns {Promise<boolean|string>} true, or a sentence for the cashier; false: no answer
     */
    async takeClubMember(order, partnerId) {
        const answer = await this._askClub("customer", { partner_id: partnerId });
        return answer && this.takeClubAnswer(order, { ...answer, partner_id: partnerId });
    },

    /**
     * Make somebody a member and choose her.
     *
     * @param {Object} order
     * @param {Object} person mobile, name, terms, consents
     * @returns {Promise<boolean|string>} as takeClubMember
     */
    async enrolClubMember(order, person) {
        const answer = await this._askClub("enrol", person);
        return answer && this.takeClubAnswer(order, answer);
    },
});
