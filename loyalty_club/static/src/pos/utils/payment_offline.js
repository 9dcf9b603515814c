import { _t } from "@web/core/l10n/translation";
import { ask } from "@point_of_sale/app/utils/make_awaitable_dialog";
import { patch } from "@web/core/utils/patch";
import { PaymentClubWallet } from "@loyalty_club/pos/utils/payment_club_wallet";

/** Payments that nobody can hold, within what this till was lent for such moments. */
patch(PaymentClubWallet.prototype, {
    /** @override */
    async _hold(payment) {
        const held = await super._hold(...arguments);
        return held || (this.pos.clubSilent && (await this._payOffline(payment)));
    },

    /** @override */
    async release(payment) {
        if (payment?.club_offline_token) {
            this.pos.clubAllowance.giveBack(payment.uuid);
            payment.club_offline_token = false;
        }
        return super.release(...arguments);
    },

    async _payOffline(payment) {
        const allowance = this.pos.clubAllowance;
        const method = payment.payment_method_id;
        const amount = Math.min(payment.getAmount(), allowance.left, this._knownLeft(payment));
        if (!allowance.token || method.club_bearer || amount <= 0 || !this._payment(payment.uuid)) {
            return false;
        }
        const agreed = await ask(this.pos.dialog, {
            title: _t("Till is offline"),
            body: _t(
                "Take %(amount)s of “%(method)s” without asking the club? This till may take " +
                    "%(left)s more until it is connected again.",
                {
                    amount: this.pos.env.utils.formatCurrency(amount),
                    method: method.name,
                    left: this.pos.env.utils.formatCurrency(allowance.left),
                }
            ),
        });
        if (!agreed) {
            return false;
        }
        allowance.take(payment.uuid, amount); // before anything is given away
        payment.setAmount(amount);
        payment.club_offline_token = allowance.token;
        payment.uiState.clubMessage = "";
        await this.pos.data.synchronizeLocalDataInIndexedDB();
        return true;
    },

    /** What the customer had when the server was heard last, if it was heard of her. */
    _knownLeft(payment) {
        const wallets = payment.pos_order_id.clubPanel?.wallets || [];
        const kind = payment.payment_method_id.raw?.club_wallet_kind_id;
        const wallet = wallets.find((one) => one.kind_id === kind);
        return wallet ? wallet.amount : Infinity;
    },
});
