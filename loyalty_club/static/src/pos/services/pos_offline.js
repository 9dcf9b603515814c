import { PosStore } from "@point_of_sale/app/services/pos_store";
import "@loyalty_club/pos/services/pos_codes";
import "@loyalty_club/pos/services/pos_payment";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { readIdentity } from "@loyalty_club/core/typed";
import { OfflineAllowance } from "@loyalty_club/pos/utils/offline_allowance";

// Cards, chips, mobiles and membership numbers: nothing shorter, and none without digits.
const NUMBER = /^(?=(.*\d){4})[0-9A-Za-z+:-]{6,40}$/;

/** What a till does for the club while it hears nothing of the server, and when it does again. */
patch(PosStore.prototype, {
    /** @override */
    async afterProcessServerData() {
        const result = await super.afterProcessServerData(...arguments);
        this.clubAllowance = new OfflineAllowance(this.config.id);
        this.renewClubAllowance();
        window.addEventListener("pos-network-online", () => this.onClubOnline());
        return result;
    },

    /**
     * Remember whether the server answered.
     *
     * @override
     */
    async _askClub() {
        const answer = await super._askClub(...arguments);
        this.clubSilent = answer === false && Boolean(this.config.club_served);
        return answer;
    },

    // --- who the customer is ----------------------------------------------------------

    /** @override */
    async takeClubCode(code) {
        const taken = await super.takeClubCode(...arguments);
        return taken === false && this.clubSilent && this.keepClubCode(code) ? true : taken;
    },

    /**
     * Nobody can say whom a number names: keep it with the order.
     *
     * @param {string} code as read or typed
     * @returns {boolean} whether it is kept
     */
    keepClubCode(code) {
        const number = readIdentity(code).replace(/[\s()]/g, "");
        if (!NUMBER.test(number) || !this.getOrder()?.keepClubCode(number)) {
            return false;
        }
        this.notification.add(
            _t(
                "The till is offline. %s stays with this order: the member it belongs to gets the " +
                    "points when the till is connected again.",
                number
            ),
            { type: "info" }
        );
        return true;
    },

    async onClubOnline() {
        const order = this.getOrder();
        if (order?.club_read_code && !order.finalized && !order.club_payment_begun) {
            await this.takeClubCode(order.club_read_code);
        }
    },

    // --- what may be paid ---------------------------------------------------------------

    /** Borrow anew: only when all that was taken offline has arrived. */
    async renewClubAllowance() {
        const allowance = this.clubAllowance;
        const lends = this.config.club_offline_limit || allowance.token;
        if (!lends || allowance.isWaiting) {
            return;
        }
        const answer = await this._askClub("offline", { device: allowance.device });
        if (answer) {
            allowance.renew(answer);
        }
    },

    /** @override */
    async postSyncAllOrders(orders) {
        await super.postSyncAllOrders(...arguments);
        const taken = orders
            .filter((order) => order.isSynced && order.finalized)
            .flatMap((order) => order.payment_ids.filter((payment) => payment.club_offline_token));
        if (taken.length) {
            this.clubAllowance.arrive(taken.map((payment) => payment.uuid));
            this.renewClubAllowance(); // nobody waits for it
        }
    },

    /** @override */
    _releaseClubPayments(payments) {
        for (const payment of payments.filter((one) => one.club_offline_token)) {
            this.clubAllowance.giveBack(payment.uuid);
        }
        return super._releaseClubPayments(...arguments);
    },
});
