import { TextInputPopup } from "@point_of_sale/app/components/popups/text_input_popup/text_input_popup";
import { register_payment_method } from "@point_of_sale/app/services/pos_store";
import { makeAwaitable } from "@point_of_sale/app/utils/make_awaitable_dialog";
import { PaymentInterface } from "@point_of_sale/app/utils/payment/payment_interface";
import { uuidv4 } from "@point_of_sale/utils";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import "@loyalty_club/pos/models/pos_order_quote";
import { SecretPopup } from "@loyalty_club/pos/components/secret_popup/secret_popup";

const ASKED_OF_CUSTOMER = ["pin", "code"];

/**
 * Payments with what the club keeps for its members. The value is held on the server at once and
 * taken when the order arrives there. The key of a request is kept with the payment before it is
 * sent: whatever becomes of the answer, the same key gets the same one again.
 */
export class PaymentClubWallet extends PaymentInterface {
    /** @override */
    async sendPaymentRequest(uuid) {
        const payment = this._payment(uuid);
        payment.uiState.clubMessage = "";
        if (payment.pos_order_id.isRefund) {
            return true; // nothing is held for what goes back
        }
        try {
            return (await this._prepare(payment)) && (await this._hold(payment));
        } catch (error) {
            if (!(error instanceof RPCError)) {
                throw error;
            }
            return this._refused(payment, error.data?.message || error.message);
        }
    }

    /** @override */
    async sendPaymentCancel(order, uuid) {
        const payment = this._payment(uuid);
        await this.release(payment);
        return true;
    }

    /**
     * Let go what is held for a payment. If nobody hears it, the time runs out by itself.
     *
     * @param {Object} payment pos.payment
     */
    async release(payment) {
        const key = payment?.club_key;
        if (!key) {
            return;
        }
        payment.forgetClubKey();
        await this._release(key);
    }

    /**
     * After the till was loaded anew: what became of a payment that was under way.
     *
     * @param {Object} payment pos.payment
     */
    async recall(payment) {
        const answer = await this.pos._askClub("payment_state", { key: payment.club_key });
        if (answer?.status === "open") {
            this._take(payment, answer);
            payment.setPaymentStatus("done");
            return;
        }
        if (answer && answer.status !== "unknown") {
            payment.forgetClubKey();
        }
        payment.setPaymentStatus("retry");
    }

    _payment(uuid) {
        return this.pos.models["pos.payment"].getBy("uuid", uuid);
    }

    /** Who pays, with what, and how much at most: asked before anything is sent. */
    async _prepare(payment) {
        const order = payment.pos_order_id;
        const method = payment.payment_method_id;
        if (method.club_bearer) {
            payment.uiState.clubCard ||= await this._askCard(method);
            if (!payment.uiState.clubCard) {
                return this._refused(payment, _t("Scan or type the code of the card."));
            }
        } else if (!order.getPartner() && !(await this.pos.selectPartner(order))) {
            return this._refused(payment, _t("Choose the customer who pays."));
        }
        if (payment.club_key) {
            return true; // asked before: the same is asked again
        }
        const amount = Math.min(payment.getAmount(), order.clubPayable(payment));
        if (amount <= 0) {
            return this._refused(
                payment,
                _t("Nothing of this order is left to be paid with “%s”.", method.name)
            );
        }
        payment.setAmount(amount);
        return true;
    }

    async _hold(payment) {
        const told = { over: false, secrets: {} };
        for (;;) {
            const key = (payment.club_key ||= uuidv4());
            const answer = await this._ask(payment, told.secrets);
            if (!this._payment(payment.uuid) || payment.club_key !== key) {
                await this._release(key); // removed, or changed, meanwhile
                return false;
            }
            if (["open", "captured"].includes(answer?.status)) {
                this._take(payment, answer);
                return true;
            }
            if (!(answer && (await this._mend(payment, answer, told)))) {
                return this._refused(payment, answer ? answer.message : this._silence);
            }
        }
    }

    get _silence() {
        return _t("The server does not answer, so nothing can be paid with this. Try again.");
    }

    /**
     * Do what a refusal asks for.
     *
     * @returns {Promise<boolean>} whether to try again
     */
    async _mend(payment, answer, told) {
        if (answer.reason === "over" && !told.over) {
            told.over = true;
            payment.forgetClubKey();
            return true;
        }
        if (!ASKED_OF_CUSTOMER.includes(answer.reason)) {
            payment.uiState.clubCard = "";
            return false;
        }
        const typed = await this._askCustomer(answer);
        if (typed === undefined) {
            return false;
        }
        told.secrets[answer.reason] = typed || null;
        return true;
    }

    async _ask(payment, secrets) {
        await this.pos.data.synchronizeLocalDataInIndexedDB();
        const order = payment.pos_order_id;
        const { decimal_places } = this.pos.currency;
        return this.pos._askClub("pay", {
            method_id: payment.payment_method_id.id,
            amount: payment.getAmount().toFixed(decimal_places),
            key: payment.club_key,
            partner_id: order.getPartner()?.id || false,
            card: payment.uiState.clubCard || "",
            goods: order.clubBasket ? order.clubBasket.lines : [],
            up_to: !payment.uiState.clubTyped,
            ...secrets,
        });
    }

    _take(payment, answer) {
        payment.setAmount(parseFloat(answer.pays));
        payment.uiState.clubLeft = answer.left === undefined ? false : parseFloat(answer.left);
    }

    _refused(payment, message) {
        payment.uiState.clubMessage = message || "";
        return false;
    }

    async _release(key) {
        try {
            await this.pos._askClub("release", { key });
        } catch (error) {
            // What was never held, or is over, needs no release.
            if (!(error instanceof RPCError)) {
                throw error;
            }
        }
    }

    _askCard(method) {
        return makeAwaitable(this.pos.dialog, TextInputPopup, {
            title: method.name,
            placeholder: _t("Scan or type the code of the card"),
        });
    }

    _askCustomer({ reason, message }) {
        const byCode = reason === "code";
        return makeAwaitable(this.pos.dialog, SecretPopup, {
            title: byCode ? _t("Code of the customer") : _t("PIN of the card"),
            body: message,
            hidden: !byCode,
            again: byCode ? _t("Send a new code") : "",
        });
    }
}

register_payment_method("club_wallet", PaymentClubWallet);
