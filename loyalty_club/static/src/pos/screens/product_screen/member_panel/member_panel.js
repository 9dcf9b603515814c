import { Component, useState } from "@odoo/owl";
import { usePos } from "@point_of_sale/app/hooks/pos_hook";
import { ProductScreen } from "@point_of_sale/app/screens/product_screen/product_screen";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { patch } from "@web/core/utils/patch";
import { formatPoints } from "@loyalty_club/core/amounts";

/** The customer of the order as the club knows her: what a cashier should see at a glance. */
export class MemberPanel extends Component {
    static template = "loyalty_club.MemberPanel";
    static props = {};

    setup() {
        this.pos = usePos();
        this.state = useState({ open: false });
    }

    get order() {
        return this.pos.getOrder();
    }

    get panel() {
        return this.order?.clubPanel || false;
    }

    /** @returns {string} what the cashier says; without a customer, an invitation */
    get line() {
        const { config } = this.pos;
        if (this.panel || !config.club_served || !config.club_show_panel) {
            return this.panel.script || "";
        }
        return this.order?.partner_id ? "" : config.club_invitation || "";
    }

    /** @returns {Object|false} level and the way to the next one, with the basket where it is known */
    get tier() {
        const { tier } = this.panel;
        const { way, percent } = this.order.clubQuoteNow.tier || {};
        return tier && (way === undefined ? tier : { ...tier, way, percent });
    }

    /** Points as the till knows them last, before what the order spends of them. */
    get available() {
        const [stat] = this.order.getClubPoints();
        return stat ? stat.balance : this.panel.points.available;
    }

    /** Points that the order spends. */
    get spent() {
        return this.order.getClubPoints().reduce((sum, stat) => sum + stat.spent, 0);
    }

    /** Wallets with something in them. */
    get wallets() {
        return this.panel.wallets.filter((wallet) => wallet.amount);
    }

    get canUsePoints() {
        const use = this.order.clubPointUse;
        return Boolean(use && (use.most || use.used)) && !this.pos.data.network.offline;
    }

    get hasMore() {
        return Boolean(this.panel.rewards.length || this.panel.offers.some((one) => one.text));
    }

    get expiring() {
        return [this.panel.points, ...this.panel.wallets]
            .filter((wallet) => wallet?.expiring)
            .map(({ wallet_id, expiring }) => ({ id: wallet_id, ...expiring }));
    }

    day(date) {
        return formatDate(deserializeDate(date));
    }

    formatPoints = formatPoints;
}

patch(ProductScreen, {
    components: { ...ProductScreen.components, MemberPanel },
});
