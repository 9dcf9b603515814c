import { PosStore } from "@point_of_sale/app/services/pos_store";
import "@loyalty_club/pos/services/pos_card";
import "@loyalty_club/pos/services/pos_audience";
import { patch } from "@web/core/utils/patch";
import { latinDigits, readCode } from "@loyalty_club/core/typed";

/** Codes and numbers, with whatever keyboard they are typed. */
patch(PosStore.prototype, {
    /** @override */
    async activateCode(code) {
        return super.activateCode(readCode(code));
    },

    /**
     * A product's own name may have digits of Persian; its code and barcode have none.
     *
     * @override
     */
    getProductsBySearchWord(searchWord, products) {
        const found = super.getProductsBySearchWord(...arguments);
        const latin = latinDigits(searchWord);
        return found.length || latin === searchWord
            ? found
            : super.getProductsBySearchWord(latin, products);
    },
});
