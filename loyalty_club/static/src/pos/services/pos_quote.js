import { PosStore } from "@point_of_sale/app/services/pos_store";
import "@loyalty_club/pos/services/pos_store";
import { browser } from "@web/core/browser/browser";
import { patch } from "@web/core/utils/patch";

/** How long the basket has to rest before the server is asked. */
export const QUOTE_AFTER = 500;

/**
 * What the basket brings is asked for when it has rested, one question at a time. It is a
 * courtesy: whatever goes wrong, nothing is shown and nobody is kept from selling.
 */
patch(PosStore.prototype, {
    /** Have the quote of an order brought up to date. */
    requestClubQuote(order) {
        browser.clearTimeout(this.clubQuoteTimer);
        if (!order.clubBasket || order.clubQuoteNow || this.data.network.offline) {
            return;
        }
        this.clubQuoteTimer = browser.setTimeout(() => this._fetchClubQuote(order), QUOTE_AFTER);
    },

    async _fetchClubQuote(order) {
        const [basket, key] = [order.clubBasket, order.clubBasketKey];
        if (!basket || this.clubQuoteRunning) {
            return; // whoever is under way asks once more
        }
        this.clubQuoteRunning = true;
        let answer;
        try {
            answer = await this.data.orm.call("pos.config", "club_quote", [
                [this.config.id],
                basket,
            ]);
        } catch {
            answer = false;
        } finally {
            this.clubQuoteRunning = false;
        }
        const now = this.getOrder();
        if (order.clubBasketKey === key) {
            order.uiState.clubQuote = { key, answer };
        }
        if (now && now.clubBasketKey !== key) {
            this.requestClubQuote(now);
        }
    },
});
