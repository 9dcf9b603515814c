import { PosOrder } from "@point_of_sale/app/models/pos_order";
import "@loyalty_club/pos/models/pos_order_tier";
import { patch } from "@web/core/utils/patch";
import { _t } from "@web/core/l10n/translation";
import { formatPoints } from "@loyalty_club/core/amounts";

/** What the server said of the customer for the cashier to see, and what she cannot choose. */
patch(PosOrder.prototype, {
    /** @returns {Object|false} the panel, for this very customer */
    get clubPanel() {
        const { clubPanel, clubPanelOf } = this.uiState;
        return (clubPanel && clubPanelOf === this.partner_id?.id && clubPanel) || false;
    },

    /** @override */
    setClubCustomer(answer) {
        const before = JSON.stringify(this._clubRefusals);
        this.uiState.clubPanel = (answer && answer.panel) || false;
        this.uiState.clubRefusals = (answer && answer.rewards) || {};
        this.uiState.clubPanelOf = this.partner_id?.id;
        const changed = before !== JSON.stringify(this._clubRefusals);
        return super.setClubCustomer(...arguments) || changed;
    },

    get _clubRefusals() {
        const { clubRefusals, clubPanelOf } = this.uiState;
        return (clubPanelOf === this.partner_id?.id && clubRefusals) || {};
    },

    /**
     * @param {Object} reward loyalty.reward
     * @returns {string|false} why this customer cannot choose it here and now
     */
    clubRewardRefusal(reward) {
        const reason = this._clubRefusals[reward.id];
        if (!reason) {
            return false;
        }
        const name = reward.description;
        return _t("“%(name)s” cannot be chosen: %(reason)s.", { name, reason });
    },

    /** @override */
    getClaimableRewards() {
        return super
            .getClaimableRewards(...arguments)
            .filter(({ reward }) => !this.clubRewardRefusal(reward));
    },

    /** @override */
    _applyReward(reward) {
        return this.clubRewardRefusal(reward) || super._applyReward(...arguments);
    },

    /**
     * What the customer sees of the club on her display.
     *
     * @returns {Object|false} texts: name, level, way, points; earns and used; when it is paid,
     *  earned and balance in their place
     */
    get clubDisplay() {
        const panel = this.clubPanel;
        if (!this.config.club_show_display || !panel?.member_number) {
            return false;
        }
        const { name: unit } = panel.points || {};
        return {
            name: panel.name,
            ...this._clubDisplayLevel(panel.tier || {}),
            points: panel.points ? formatPoints(panel.points.available, unit) : "",
            ...(this.finalized ? this._clubDisplayPaid(unit) : this._clubDisplayOpen(unit)),
        };
    },

    _clubDisplayLevel({ name = "", color = 0, way = "" }) {
        return { level: name, color, way };
    },

    _clubDisplayOpen(unit) {
        const spent = this.getClubPoints().reduce((sum, stat) => sum + stat.spent, 0);
        return {
            used: spent ? formatPoints(spent, unit) : "",
            earns: (this.clubQuoteNow?.earned || []).map((row) => row.text).join(" + "),
        };
    },

    _clubDisplayPaid(unit) {
        const earned = this.club_points_earned;
        return {
            earned: earned > 0 ? formatPoints(earned, unit) : "",
            balance: this.club_booked ? formatPoints(this.club_points_balance, unit) : "",
        };
    },
});
