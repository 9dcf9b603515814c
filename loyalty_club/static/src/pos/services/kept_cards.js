import { PosData } from "@point_of_sale/app/services/data_service";
import { patch } from "@web/core/utils/patch";
import { isKept, isKeptForMember } from "@loyalty_club/pos/utils/programs";

/** The answer to the order itself says how many points are left. */
function isPointsOfMember({ program_id: program }) {
    return isKeptForMember(program) && program.program_type === "loyalty";
}

/** Stock's requests about the cards of an order, and what is answered where they are all kept. */
const KEPT = {
    validate_coupon_programs: {
        isLeftOut: (card) => isKept(card.program_id),
        answer: () => ({ successful: true, payload: {} }),
    },
    confirm_coupon_programs: { isLeftOut: isPointsOfMember, answer: () => ({}) },
};

/**
 * What the club keeps is judged and booked with the order, in its own transaction: the till asks
 * nothing about it before and tells nothing about it afterwards. Two requests less for a sale.
 */
patch(PosData.prototype, {
    /** @override */
    async call(model, method, args, ...more) {
        const left = KEPT[method] && this._askedOfOthers(method, args);
        if (left && !left.asked) {
            return KEPT[method].answer();
        }
        return super.call(model, method, left ? left.args : args, ...more);
    },

    /**
     * What is left of a request without the cards that the club keeps.
     *
     * @returns {{asked: boolean, args: Array}} whether there is anything to ask, and with what
     */
    _askedOfOthers(method, [first, byCard, ...codes]) {
        const others = this._withoutCards(byCard, KEPT[method].isLeftOut);
        const asked = Object.keys(others).length || codes.some((some) => some.length);
        return { asked: Boolean(asked), args: [first, others, ...codes] };
    },

    /** What is said of cards by their ids, without those that the till and `isLeftOut` know. */
    _withoutCards(byCard, isLeftOut) {
        const isOther = ([id]) => {
            const card = this.models["loyalty.card"].get(Number(id));
            return !(card?.id > 0 && isLeftOut(card));
        };
        return Object.fromEntries(Object.entries(byCard).filter(isOther));
    },
});
