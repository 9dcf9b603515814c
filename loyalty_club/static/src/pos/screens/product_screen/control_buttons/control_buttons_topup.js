import { NumberPopup } from "@point_of_sale/app/components/popups/number_popup/number_popup";
import { SelectionPopup } from "@point_of_sale/app/components/popups/selection_popup/selection_popup";
import { ControlButtons } from "@point_of_sale/app/screens/product_screen/control_buttons/control_buttons";
import { makeAwaitable } from "@point_of_sale/app/utils/make_awaitable_dialog";
import "@pos_loyalty/app/screens/product_screen/control_buttons/control_buttons";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { parseFloat } from "@web/views/fields/parsers";

patch(ControlButtons.prototype, {
    /** Kinds of credit that this till sells. */
    get clubTopups() {
        return this.pos.models["loyalty.program"].filter(
            (program) => program.club_topup && program.trigger_product_ids.length
        );
    },

    /** Sell credit: whose, which, and how much. */
    async clickClubTopup() {
        const order = this.pos.getOrder();
        if (!order.getPartner() && !(await this.pos.selectPartner(order))) {
            return;
        }
        const program = await this._chooseClubTopup();
        const amount = program && (await this._askClubTopup(program));
        if (amount > 0) {
            const product = program.trigger_product_ids[0];
            await this.pos.addLineToCurrentOrder({
                product_id: product,
                product_tmpl_id: product.product_tmpl_id,
                price_unit: amount,
            });
        }
    },

    async _chooseClubTopup() {
        const programs = this.clubTopups;
        return programs.length === 1
            ? programs[0]
            : makeAwaitable(this.dialog, SelectionPopup, {
                  title: _t("What is topped up?"),
                  list: programs.map((program) => ({
                      id: program.id,
                      item: program,
                      label: program.name,
                  })),
              });
    },

    async _askClubTopup(program) {
        const typed = await makeAwaitable(this.dialog, NumberPopup, {
            title: _t("Top up “%s”", program.name),
            subtitle: this.pos.getOrder().getPartner().name,
            placeholder: this.env.utils.formatCurrency(0),
        });
        return typed ? parseFloat(typed) : 0;
    },

    /**
     * Credit that this till takes as a payment is no discount: prices and tax stay what they are.
     *
     * @override
     */
    _getEWalletRewards() {
        const kinds = this.pos.config.payment_method_ids.map(
            (method) => method.raw.club_wallet_kind_id
        );
        return super
            ._getEWalletRewards(...arguments)
            .filter(
                ({ reward }) => !kinds.includes(reward.program_id.raw.club_wallet_kind_id || 0)
            );
    },
});
