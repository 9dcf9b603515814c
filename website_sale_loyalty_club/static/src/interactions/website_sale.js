import { patch } from "@web/core/utils/patch";
import { WebsiteSale } from "@website_sale/interactions/website_sale";

patch(WebsiteSale.prototype, {
    /** Another variant, or another quantity of it, brings something else. */
    _onChangeCombination(ev, parent, combination) {
        super._onChangeCombination(...arguments);
        const promise = parent.querySelector(".o_club_promise");
        if (promise) {
            promise.classList.toggle("d-none", !combination.club_promise);
            promise.querySelector(".o_club_promise_text").textContent =
                combination.club_promise || "";
        }
    },
});
