import { PosStore } from "@point_of_sale/app/services/pos_store";
import "@loyalty_club/pos/services/pos_offline";
import { makeAwaitable } from "@point_of_sale/app/utils/make_awaitable_dialog";
import { SelectionPopup } from "@point_of_sale/app/components/popups/selection_popup/selection_popup";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { latinDigits } from "@loyalty_club/core/typed";

const REWARD_CODE = /^R[0-9A-Z]{10}$/; // see domain/reward_code.py

/** Rewards that customers took beforehand are handed over with an order. */
patch(PosStore.prototype, {
    /** @override */
    async takeClubAnswer(order, answer) {
        const taken = await super.takeClubAnswer(...arguments);
        return taken === true && answer.give ? this.giveClubReward(order, answer.give) : taken;
    },

    /**
     * Put a reward that was taken on the order.
     *
     * @param {Object} order
     * @param {Object} give code, reward_id, points, name, until
     * @returns {Promise<boolean|string>} true, or a sentence for the cashier
     */
    async giveClubReward(order, give) {
        const reward = this.models["loyalty.reward"].get(give.reward_id);
        if (!reward) {
            return _t("This till does not know the reward “%s” yet. Reload the till.", give.name);
        }
        const product = await this._clubRewardProduct(reward);
        if (product === false) {
            return true; // the cashier closed the choice
        }
        if (!order.giveClubReward({ ...give, product_id: product?.id })) {
            return _t("“%s” is on this order already.", give.name);
        }
        this.updateRewards();
        return true;
    },

    /** @returns {Promise<Object|undefined|false>} which product she gets; false: none was chosen */
    async _clubRewardProduct(reward) {
        const [first, ...others] =
            reward.reward_type === "product" ? reward.reward_product_ids : [];
        if (!others.length) {
            return first;
        }
        const chosen = await makeAwaitable(this.dialog, SelectionPopup, {
            title: _t("Please select a product for this reward"),
            list: [first, ...others].map((item) => ({
                id: item.id,
                label: item.display_name,
                item,
            })),
        });
        return chosen || false;
    },

    /** @override */
    async orderUpdateLoyaltyPrograms() {
        const result = await super.orderUpdateLoyaltyPrograms(...arguments);
        const order = this.getOrder();
        for (const given of order?.clubGiven.filter(({ pending }) => pending) || []) {
            given.pending = false;
            const done = await this._handOverClubReward(order, given);
            if (done !== true) {
                order.keepClubReward(given.code);
                this.notification.add(done, { type: "warning" });
            }
        }
        return result;
    },

    /** @returns {Promise<true|string>} or why not */
    async _handOverClubReward(order, given) {
        const reward = this.models["loyalty.reward"].get(given.reward_id);
        const change = Object.values(order.uiState.couponPointChanges).find(
            ({ program_id }) => program_id === reward.program_id.id
        );
        if (!change) {
            return _t("“%s” cannot be handed over now. Choose the customer again.", given.name);
        }
        const product = this.models["product.product"].get(given.product_id);
        const apply = () => order._applyReward(reward, change.coupon_id, { product });
        const done = apply();
        if (done === true || !product) {
            return done;
        }
        // Stock gives away what is in the basket; it may have noticed by itself.
        const lines = order._get_reward_lines().length;
        await this.addLineToCurrentOrder({
            product_id: product,
            product_tmpl_id: product.product_tmpl_id,
            qty: reward.reward_product_qty,
        });
        return order._get_reward_lines().length > lines || apply();
    },

    /**
     * Whether a reward may be handed over is for the server to say.
     *
     * @override
     */
    keepClubCode(code) {
        if (REWARD_CODE.test(latinDigits(code).replace(/[\s-]/g, "").toUpperCase())) {
            this.notification.add(
                _t("The till is offline: rewards are handed over when it is connected again."),
                { type: "warning" }
            );
            return true;
        }
        return super.keepClubCode(...arguments);
    },
});
