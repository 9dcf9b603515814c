import { ProductScreen } from "@point_of_sale/app/screens/product_screen/product_screen";
import "@pos_loyalty/app/screens/product_screen/product_screen";
import { patch } from "@web/core/utils/patch";

patch(ProductScreen.prototype, {
    /**
     * What a reader wrote and no product here has may be a card of the club.
     *
     * @override
     */
    async _barcodeProductAction(code) {
        const { "product.product": products, "product.uom": packagings } = this.pos.models;
        const known = [products, packagings].some((model) =>
            model.getBy("barcode", code.base_code)
        );
        const taken = known ? false : await this.pos.takeClubCode(code.base_code);
        if (taken === false) {
            return super._barcodeProductAction(...arguments);
        }
        this.numberBuffer.reset();
        if (taken !== true) {
            this.sound.play("error");
            this.notification.add(taken, { type: "danger" });
        }
    },
});
