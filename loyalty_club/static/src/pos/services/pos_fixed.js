import { PosStore } from "@point_of_sale/app/services/pos_store";
import "@loyalty_club/pos/services/pos_card";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

/** The cashier hears at once when a sale counts for nobody. */
patch(PosStore.prototype, {
    /** @override */
    setPartnerToCurrentOrder() {
        const result = super.setPartnerToCurrentOrder(...arguments);
        this._warnLateClubCustomer(this.getOrder());
        return result;
    },

    /** @override */
    async takeClubAnswer(order) {
        const before = order.getPartner();
        const taken = await super.takeClubAnswer(...arguments);
        if (order.getPartner() !== before) {
            this._warnLateClubCustomer(order);
        }
        return taken;
    },

    _warnLateClubCustomer(order) {
        if (this.config.club_served && order?.isClubCustomerLate) {
            this.notification.add(
                _t(
                    "Payment had begun before %s was chosen: this sale earns nothing unless a " +
                        "manager adds it afterwards.",
                    order.getPartner().name
                ),
                { type: "warning" }
            );
        }
    },

    /** @override */
    async postSyncAllOrders(orders) {
        await super.postSyncAllOrders(...arguments);
        for (const order of orders) {
            const text = this._withheldClubText(order);
            if (text) {
                this.notification.add(text, { type: "warning" });
            }
        }
    },

    _withheldClubText(order) {
        return {
            own: _t(
                "Nothing was earned: nobody earns by what she sells herself. Let a colleague " +
                    "sell your own purchases."
            ),
            late: _t(
                "Nothing was earned: the customer was chosen after payment had begun. A manager " +
                    "can add the member, with a reason."
            ),
        }[order.club_withheld];
    },
});
