import { uuidv4 } from "@point_of_sale/utils";
import { browser } from "@web/core/browser/browser";

/**
 * What this browser may take from wallets while it hears nothing of the server. It is kept where
 * it outlives the page, and written before anything is taken: whatever becomes of the page, no
 * amount is given away twice.
 */
export class OfflineAllowance {
    /** @param {number} configId of the till */
    constructor(configId) {
        this.key = `loyalty_club.offline.${configId}`;
        const kept = JSON.parse(browser.localStorage.getItem(this.key) || "{}");
        this.device = kept.device || uuidv4();
        this.token = kept.token || false;
        this.amount = kept.amount || 0;
        this.taken = kept.taken || {};
        this.arrived = kept.arrived || [];
    }

    /** What is left to be taken. */
    get left() {
        return Object.values(this.taken).reduce((left, amount) => left - amount, this.amount);
    }

    /** Whether something that was taken has not arrived: nothing new may be borrowed. */
    get isWaiting() {
        return Object.keys(this.taken).some((uuid) => !this.arrived.includes(uuid));
    }

    /** Take over what the server lends; what was taken before has arrived there. */
    renew({ token, amount }) {
        Object.assign(this, { token, amount: parseFloat(amount), taken: {}, arrived: [] });
        this._keep();
    }

    /**
     * @param {string} uuid of the payment
     * @param {number} amount not more than what is left
     */
    take(uuid, amount) {
        this.taken[uuid] = amount;
        this._keep();
    }

    /** A payment was removed before the order was paid. */
    giveBack(uuid) {
        delete this.taken[uuid];
        this._keep();
    }

    /** The server has an order; what it was paid with still counts until more is borrowed. */
    arrive(uuids) {
        this.arrived.push(...uuids.filter((uuid) => uuid in this.taken));
        this._keep();
    }

    _keep() {
        const { device, token, amount, taken, arrived } = this;
        const kept = { device, token, amount, taken, arrived };
        browser.localStorage.setItem(this.key, JSON.stringify(kept));
    }
}
