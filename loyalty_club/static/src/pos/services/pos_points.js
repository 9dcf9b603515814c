import { PosStore } from "@point_of_sale/app/services/pos_store";
import "@loyalty_club/pos/services/pos_store";
import { NumberPopup } from "@point_of_sale/app/components/popups/number_popup/number_popup";
import { makeAwaitable } from "@point_of_sale/app/utils/make_awaitable_dialog";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { parseFloat } from "@web/views/fields/parsers";
import { formatPoints, roundDownTo } from "@loyalty_club/core/amounts";

/** @returns {number} what was typed; NaN when it is no number */
function typedNumber(text) {
    try {
        return parseFloat(String(text));
    } catch {
        return NaN;
    }
}

patch(PosStore.prototype, {
    /** Ask how many of her points the customer uses, and take them off the order. */
    async useClubPoints() {
        const order = this.getOrder();
        const use = order?.clubPointUse;
        if (!use?.most && !use?.used) {
            return;
        }
        const points = (text) => this._clubPointsTyped(use, text);
        const typed = await makeAwaitable(this.dialog, NumberPopup, {
            title: _t("Use points"),
            subtitle: _t("%s can be used for this order.", formatPoints(use.most, use.name)),
            startingValue: formatPoints(use.used || use.most),
            confirmButtonLabel: _t("Use"),
            isValid: (text) => points(text) !== false,
            feedback: (text) => this._clubPointsFeedback(order, use, points(text)),
        });
        const wanted = typed === undefined ? false : points(typed);
        if (wanted === false) {
            return;
        }
        const result = order.useClubPoints(use, wanted);
        if (result !== true) {
            this.notification.add(result, { type: "warning" });
        }
        await this.updateRewards();
    },

    /** @returns {number|false} points within what the order can take, in whole steps */
    _clubPointsTyped({ most, step }, text) {
        const number = typedNumber(text);
        const whole = roundDownTo(number, step) === number;
        return number >= 0 && number <= most && whole ? number : false;
    },

    _clubPointsFeedback(order, use, points) {
        if (points === false) {
            return _t("Type a number up to %s.", formatPoints(use.most, use.name));
        }
        return points
            ? _t("%(amount)s off, %(points)s left", {
                  amount: this.env.utils.formatCurrency(order.clubPointsWorth(use.reward, points)),
                  points: formatPoints(use.free - points, use.name),
              })
            : _t("No points are used.");
    },

    /** @override */
    getPotentialFreeProductRewards() {
        const order = this.getOrder();
        return super
            .getPotentialFreeProductRewards(...arguments)
            .filter(({ reward }) => !order.clubRewardRefusal(reward));
    },
});
