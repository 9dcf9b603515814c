import { PosStore } from "@point_of_sale/app/services/pos_store";
import "@loyalty_club/pos/services/data_service";
import { loyaltyIdsGenerator } from "@pos_loyalty/app/services/pos_store";
import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { patch } from "@web/core/utils/patch";
import { isKeptForMember } from "@loyalty_club/pos/utils/programs";

patch(PosStore.prototype, {
    /**
     * Another till may have moved the member's balance: ask each time a customer is chosen.
     *
     * @override
     */
    async fetchLoyaltyCard(programId, partnerId) {
        const program = this.models["loyalty.program"].get(programId);
        if (!isKeptForMember(program)) {
            return super.fetchLoyaltyCard(...arguments);
        }
        return (
            (await this._fetchClubCard(programId, partnerId)) ||
            this.models["loyalty.card"].create({
                id: loyaltyIdsGenerator(),
                code: null,
                program_id: program,
                partner_id: this.models["res.partner"].get(partnerId),
                points: 0,
                expiration_date: null,
            })
        );
    },

    async _fetchClubCard(programId, partnerId) {
        try {
            const cards = await this.fetchCoupons([
                ["partner_id", "=", partnerId],
                ["program_id", "=", programId],
            ]);
            return cards[0];
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            return this.models["loyalty.card"].find(
                (card) => card.partner_id?.id === partnerId && card.program_id?.id === programId
            );
        }
    },

    /**
     * What the server booked is what the till shows from now on.
     *
     * @override
     */
    async postSyncAllOrders(orders) {
        await super.postSyncAllOrders(...arguments);
        for (const order of orders.filter((o) => o.club_booked && o.club_member_number)) {
            const card = this.models["loyalty.card"].find(
                (c) =>
                    c.id > 0 &&
                    c.partner_id?.id === order.partner_id?.id &&
                    c.program_id?.program_type === "loyalty" &&
                    isKeptForMember(c.program_id)
            );
            if (card) {
                card.points = order.club_points_available;
            }
        }
    },

    /** @override */
    async syncAllOrders(options = {}) {
        this.data.refusedOrders?.clear();
        const result = await super.syncAllOrders(...arguments);
        if (!options.throw) {
            this._tellRefusedOrders();
        }
        return result;
    },

    /** Tell the cashier, once for each, which paid orders the server did not accept, and why. */
    _tellRefusedOrders() {
        this.toldRefusedOrders ??= new Set();
        for (const [uuid, reason] of this.data.refusedOrders || []) {
            const order = this.models["pos.order"].getBy("uuid", uuid);
            if (order?.finalized && !this.toldRefusedOrders.has(uuid)) {
                this.toldRefusedOrders.add(uuid);
                this.dialog.add(AlertDialog, {
                    title: _t("Order %s was not accepted", order.getName()),
                    body: _t(
                        "%s\n\nThe order was paid and stays on this till. It is sent again until " +
                            "it is accepted; tell a manager.",
                        reason
                    ),
                });
            }
        }
    },

    /**
     * Read the true balances of the cards that an order spends from, and fit its rewards to them.
     */
    async refreshClubSpending(order) {
        const ids = [...new Set(order.clubSpendingLines.map((line) => line.coupon_id?.id))];
        if (ids.length) {
            await this.data.read("loyalty.card", ids);
            await this.updateRewards();
            this.notification.add(
                _t("The order now uses no more than what is left. Check what is still to be paid."),
                { type: "warning" }
            );
        }
    },

    /**
     * Whether the server answers now: the browser notices a lost connection late.
     */
    async isClubReachable() {
        await this.data.checkConnectivity();
        return !this.data.network.offline;
    },
});
