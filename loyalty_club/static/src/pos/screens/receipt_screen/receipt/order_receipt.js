import { OrderReceipt } from "@point_of_sale/app/screens/receipt_screen/receipt/order_receipt";
import { generateQRCodeDataUrl } from "@point_of_sale/utils";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { formatPoints } from "@loyalty_club/core/amounts";

const LONGEST_STAMP_CARD = 12; // more stamps than that are told by their number alone
const CHECK_SIZE = 100; // smaller than the code that leads to the invoice, and still read by phones

patch(OrderReceipt.prototype, {
    /**
     * What the server booked, as rows to print, as far as this till prints it. What did not move
     * is left out.
     *
     * @returns {Array<{name: string, label: string, value: string, strong: boolean}>}
     */
    get clubRows() {
        const { order } = this;
        const number = order.club_member_number;
        const code = order.config.club_receipt_check !== "none" && order.club_receipt_code;
        return [
            ...(number
                ? [{ name: "member", label: _t("Member no."), value: number, strong: true }]
                : []),
            ...(number && order.config.club_receipt_points ? this.clubPointRows : []),
            ...this.clubTierRows,
            ...this.clubStampRows,
            ...(order.config.club_receipt_wallets ? this.clubMoneyRows : []),
            ...this.clubExpiryRows,
            ...(code ? [{ name: "code", label: _t("Check code"), value: code, isCode: true }] : []),
        ];
    },

    get clubPointRows() {
        const { order } = this;
        const earned = order.club_points_earned;
        const spent = order.club_points_spent;
        const moved = [
            ["earned", _t("Earned"), earned],
            ["given", _t("Bonus"), order.club_points_given],
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
        return rows.map(([name, label, points]) => ({
            name,
            label,
            value: formatPoints(points, order.club_point_name),
            strong: name === "balance",
        }));
    },

    /** The customer's level now, and what is left to the next one. */
    get clubTierRows() {
        const { name, way } = this.order.club_tier || {};
        return [
            ...(name ? [{ name: "tier", label: _t("Level"), value: name }] : []),
            ...(way ? [{ name: "tier-way", label: way, value: "" }] : []),
        ];
    },

    /** How full the customer's stamp cards are: as on the paper card, and in figures. */
    get clubStampRows() {
        return (this.order.club_stamps || []).map(({ name, count, needed }) => ({
            name: "stamps",
            label: name,
            value: needed ? _t("%(count)s of %(needed)s", { count, needed }) : String(count),
            marks:
                needed > 0 && needed <= LONGEST_STAMP_CARD && count <= needed
                    ? "●".repeat(count) + "○".repeat(needed - count)
                    : "",
        }));
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

    /** What the customer loses next unless she uses it. */
    get clubExpiryRows() {
        return (this.order.club_expiring || []).map(({ amount, day }) => ({
            name: "expiry",
            label: _t("Use by %s", day),
            value: amount,
        }));
    },

    /** Address at which whoever holds the receipt sees that it stands in the ledger. */
    get clubCheckUrl() {
        const { config, club_receipt_code: code } = this.order;
        return config.club_receipt_check === "qr" && code
            ? `${config._base_url}/loyalty_club/check/${code}`
            : "";
    },

    get clubCheckImage() {
        return generateQRCodeDataUrl(this.clubCheckUrl, { width: CHECK_SIZE, height: CHECK_SIZE });
    },
});
