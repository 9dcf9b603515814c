import { Component, useEffect } from "@odoo/owl";
import { usePos } from "@point_of_sale/app/hooks/pos_hook";
import { OrderSummary } from "@point_of_sale/app/screens/product_screen/order_summary/order_summary";
import { patch } from "@web/core/utils/patch";

/** What the basket brings, and what is missing for more: as the server says. */
export class BasketQuote extends Component {
    static template = "loyalty_club.BasketQuote";
    static props = {};

    setup() {
        this.pos = usePos();
        useEffect(
            (key, offline) => {
                if (key && !offline) {
                    this.pos.requestClubQuote(this.order);
                }
            },
            () => [this.order?.clubBasketKey, this.pos.data.network.offline]
        );
    }

    get order() {
        return this.pos.getOrder();
    }

    /** The last answer stands, paler, until the next one is there: the order does not jump. */
    get quote() {
        const { clubQuote } = this.order.uiState;
        const told = this.order.clubPanel?.member_number && this.order.clubBasket;
        return (told && !this.pos.data.network.offline && clubQuote?.answer) || false;
    }

    get isStale() {
        return !this.order.clubQuoteNow;
    }

    get earned() {
        return this.quote.earned.map((row) => row.text).join(" + ");
    }
}

patch(OrderSummary, {
    components: { ...OrderSummary.components, BasketQuote },
});
