import { PartnerList } from "@point_of_sale/app/screens/partner_list/partner_list";
import { patch } from "@web/core/utils/patch";
import { readIdentity } from "@loyalty_club/core/typed";

/**
 * The server knows customers by more than what the till compares: a mobile number in any writing,
 * a card, an identity code. Whom it names is shown.
 */
patch(PartnerList.prototype, {
    /** @override */
    async getNewPartners() {
        const typed = this.state.query;
        const read = readIdentity(typed);
        if (read !== typed) {
            this.state.query = read; // in digits that stock compares
        }
        const found = await super.getNewPartners(...arguments);
        this.clubFound = { query: this.state.query, ids: new Set(found.map(({ id }) => id)) };
        return found;
    },

    /** @override */
    getPartners(partners) {
        const known = super.getPartners(...arguments);
        const { query, ids } = this.clubFound || {};
        if (!query || query !== this.state.query) {
            return known;
        }
        const named = partners.filter((p) => ids.has(p.id) && !known.includes(p));
        return named.length ? [...known, ...named] : known;
    },
});
