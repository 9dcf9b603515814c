import { PosStore } from "@point_of_sale/app/services/pos_store";
import "@pos_loyalty/app/services/pos_store";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError, rpc } from "@web/core/network/rpc";
import { patch } from "@web/core/utils/patch";

/**
 * Cards of the club, and programs for certain members. The server says whom a card names and what
 * it brings, each time it is shown and each time a customer is chosen: a card that was reported
 * lost is worth nothing from that moment on, and a till that is offline takes nothing off.
 */
patch(PosStore.prototype, {
    /** @override */
    async initServerData() {
        const result = await super.initServerData(...arguments);
        this.data.connectWebSocket("CLUB_CARD_READ", (answer) => this.onClubCardRead(answer));
        return result;
    },

    /**
     * A scanned or typed code may be a card of the club.
     *
     * @override
     */
    async activateCode(code) {
        const taken = await this.takeClubCode(code);
        return taken === false ? super.activateCode(...arguments) : taken;
    },

    /**
     * Choose the customer whom a code names.
     *
     * @param {string} code
     * @returns {Promise<boolean|string>} true when somebody was chosen; a sentence for the cashier
     *  when the card may not be used; false when the code is none of the club's
     */
    async takeClubCode(code) {
        const order = this.getOrder();
        if (!order || order.finalized) {
            return false;
        }
        const answer = await this._askClub("identify", { code });
        return answer ? await this.takeClubAnswer(order, answer) : false;
    },

    /**
     * @param {Object} answer of the server: partner_id, card, programs, message
     */
    async takeClubAnswer(order, answer) {
        if (answer.message) {
            return answer.message;
        }
        if (!answer.partner_id) {
            return false;
        }
        const partners = this.models["res.partner"];
        if (!partners.get(answer.partner_id)) {
            await this.data.read("res.partner", [answer.partner_id]);
        }
        const partner = partners.get(answer.partner_id);
        if (order.getPartner() !== partner) {
            if (order.getHasRefundLines() && order.getPartner()) {
                return _t("This order returns goods of %s.", order.getPartner().name);
            }
            order.setPartner(partner);
        }
        order.setClubCustomer(answer);
        await this.updateRewards();
        return true;
    },

    /** A reader beside the till, or in its entrance, has read a card. */
    async onClubCardRead(answer) {
        const order = this.getOrder();
        let taken = _t("Nobody has card %s. Issue it to a member first.", answer.read);
        if (!order || order.finalized) {
            taken = _t("A card was read. Begin an order, then show it again.");
        } else {
            taken = (await this.takeClubAnswer(order, answer)) || taken;
        }
        if (taken === true) {
            this.notification.add(order.getPartner().name, { type: "success" });
        } else {
            this.notification.add(taken, { type: "warning" });
        }
    },

    /**
     * Whatever changed in the order: what the card takes off is taken off all its lines.
     *
     * @override
     */
    updateRewards() {
        const order = this.getOrder();
        if (order && !order.finalized) {
            this._followClubCard(order);
        }
        return super.updateRewards(...arguments);
    },

    async _followClubCard(order) {
        const known = order.uiState.clubCardOf === (order.partner_id?.id || false);
        if (known ? order.applyClubCard() : await this._lookUpClubCard(order)) {
            this.updateRewards();
        }
    },

    /** @returns {Promise<boolean>} whether prices or rewards may change */
    async _lookUpClubCard(order) {
        const partner = order.partner_id;
        order.uiState.clubCardOf = partner?.id || false; // asked once
        let answer = false;
        if (partner) {
            const code = order.club_card_code || "";
            answer = await this._askClub("customer", { partner_id: partner.id, code });
        }
        return !order.finalized && order.partner_id === partner && order.setClubCustomer(answer);
    },

    /** Have the customer's card looked up again: what was said of it may no longer be true. */
    forgetClubCard(order) {
        delete order.uiState.clubCardOf;
        this.updateRewards();
    },

    async _askClub(what, args) {
        if (!this.config.club_served) {
            return false;
        }
        try {
            return await rpc(`/loyalty_club/till/${what}`, { config_id: this.config.id, ...args });
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            return false;
        }
    },
});
