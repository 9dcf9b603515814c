import { PosOrder } from "@point_of_sale/app/models/pos_order";
import "@loyalty_club/pos/models/pos_order";
import "@loyalty_club/pos/models/pos_order_line";
import "@loyalty_club/pos/models/pos_order_panel";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { paysFromClub } from "@loyalty_club/pos/models/pos_payment";

const sum = (amounts) => amounts.reduce((total, amount) => total + amount, 0);

/** Payments with value of the club: what can be paid so, and what goes back so. */
patch(PosOrder.prototype, {
    /** Payments for which the ledger may hold something. */
    get clubPayments() {
        return this.payment_ids.filter((payment) => payment.mayBeHeld);
    },

    /**
     * What of the order can be paid with value of the club: goods, not other value.
     *
     * @param {Object} payment that is left out
     * @returns {number}
     */
    clubPayable(payment) {
        const stored = this.lines.filter(
            (line) => !line.refunded_orderline_id && line._sellsStoredValue()
        );
        const others = this.payment_ids.filter((p) => p !== payment && p.isOfClub);
        const goods = this.priceIncl - sum(stored.map((line) => line.priceIncl));
        return Math.max(this.currency.round(goods - sum(others.map((p) => p.amount))), 0);
    },

    /**
     * Nobody pays for another customer: what the one before was to pay is let go.
     *
     * @override
     */
    setPartner(partner) {
        const before = this.getPartner();
        const result = super.setPartner(...arguments);
        if (before && before.id !== partner?.id) {
            const hers = (payment) => payment.isOfClub && !payment.payment_method_id.club_bearer;
            for (const payment of this.payment_ids.filter(hers)) {
                payment.payment_method_id.payment_terminal?.release(payment);
                this.removePaymentline(payment);
            }
        }
        return result;
    },

    /**
     * What the customer has for a way to pay, as the server said when she was chosen.
     *
     * @param {Object} method pos.payment.method
     * @returns {string} for people; empty when nothing is known
     */
    clubLeftText(method) {
        const panel = this.clubPanel;
        if (!panel?.member_number || method.club_bearer) {
            return "";
        }
        const kind = method.raw.club_wallet_kind_id;
        const wallets = [panel.points, ...panel.wallets].filter(Boolean);
        return wallets.find((wallet) => wallet.kind_id === kind)?.text || "0";
    },

    /** The order whose goods come back. */
    get clubReturned() {
        return this.lines.find((line) => line.refunded_orderline_id)?.refunded_orderline_id
            .order_id;
    },

    /**
     * What was paid with a method for the goods that come back; the server knows what of it has
     * gone back before.
     */
    clubPaidBack(method) {
        const paid = (this.clubReturned?.payment_ids || []).filter(
            (payment) => payment.payment_method_id?.id === method.id && !payment.is_change
        );
        return Math.max(sum(paid.map((payment) => payment.amount)), 0);
    },

    /**
     * What comes back to a wallet was never held: the server books it with the order.
     *
     * @override
     */
    addPaymentline(method) {
        if (!paysFromClub(method) || !this.isRefund) {
            return super.addPaymentline(...arguments);
        }
        const most = this.clubPaidBack(method);
        if (!most) {
            return {
                status: false,
                data: _t("Nothing of this order was paid with “%s”.", method.name),
            };
        }
        const result = super.addPaymentline(...arguments);
        if (result.status) {
            const payment = result.data;
            payment.setAmount(Math.max(payment.getAmount(), -most));
            payment.setPaymentStatus("done");
        }
        return result;
    },

    /**
     * Pay back by the ways the goods were paid for, the club's first.
     */
    proposeClubRefund() {
        const paid = this.clubReturned?.payment_ids || [];
        if (this.payment_ids.length || !paid.some((payment) => payment.isOfClub)) {
            return;
        }
        const methods = [...new Set(paid.map((payment) => payment.payment_method_id))];
        methods.sort((a, b) => paysFromClub(b) - paysFromClub(a));
        for (const method of methods.filter((m) => paysFromClub(m) || !m.use_payment_terminal)) {
            if (method && !this.currency.isZero(this.remainingDue)) {
                const { status, data } = this.addPaymentline(method);
                if (status && !paysFromClub(method)) {
                    data.setAmount(Math.max(data.getAmount(), -this.clubPaidBack(method)));
                }
            }
        }
    },
});
