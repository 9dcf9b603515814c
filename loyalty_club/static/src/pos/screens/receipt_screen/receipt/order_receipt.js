import { OrderReceipt } from "@point_of_sale/app/screens/receipt_screen/receipt/order_receipt";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { formatPoints } from "@loyalty_club/core/amounts";

patch(OrderReceipt.prototype, {
    /**
     * What the server booked, as rows to print. What did not move is left out.
     *
     * @returns {Array<{name: string, label: string, value: string, strong: boolean}>}
     */
    get clubRows() {
        return [
            ...(this.order.club_member_number ? this.clubPointRows : []),
            ...this.clubTierRows,
            ...this.clubMoneyRows,
            ...(this.order.club_receipt_code
                ? [{ name: "code", label: _t("Check code"), value: this.order.club_receipt_code }]
                : []),
        ];
    },

    get clubPointRows() {
        const { order } = this;
        const earned = order.club_points_earned;
        const spent = order.club_points_spent;
        const moved = [
            ["earned", _t("Earned"), earned],
            ["taken-back", _t("Taken back"), -earned],
            ["spent", _t("Spent"), spent],
            ["given-back", _t("Given back"), -spent],
            ["settled", _t("Used to settle earlier returns"), order.club_points_settled],
        ].filter(([, , points]) => points > 0);
        const later = order.club_points_balance - order.club_points_available;
        const rows = [...moved, ["balance", _t("Balance"), order.club_points_balance]];
        if (later > 0) {
            rows.push(["later", _t("of which usable later"), later]);
        }
        return [
            {
                name: "member",
                label: _t("Member no."),
                value: order.club_member_number,
                strong: true,
            },
            ...rows.map(([name, label, points]) => ({
                name,
                label,
                value: formatPoints(points, order.club_point_name),
                strong: name === "balance",
            })),
        ];
    },

    /** The customer's level now, and what is left to the next one. */
    get clubTierRows() {
        const { name, way } = this.order.club_tier || {};
        return [
            ...(name ? [{ name: "tier", label: _t("Level"), value: name }] : []),
            ...(way ? [{ name: "tier-way", label: way, value: "" }] : []),
        ];
    },

    get clubMoneyRows() {
        return (this.order.club_wallets || []).map(({ name, code, balance }) => ({
            name: "wallet",
            label: code
                ? _t("%(wallet)s …%(code)s: left", { wallet: name, code })
                : _t("%(wallet)s: left", { wallet: name }),
            value: this.formatCurrency(balance),
        }));
    },
});
