import { registry } from "@web/core/registry";
import { FloatField, floatField } from "@web/views/fields/float/float_field";
import { formatFloat } from "@web/views/fields/formatters";

/**
 * Value of a wallet, stored with three decimals for all currencies: 1,250 and 12.5, not 1,250.000.
 *
 * Lists and pivots format their sums by the formatter that has the name of the widget.
 */
export function formatClubAmount(value, options = {}) {
    return formatFloat(value, { ...options, trailingZeros: false });
}

export class ClubAmountField extends FloatField {
    static defaultProps = { ...FloatField.defaultProps, trailingZeros: false };
}

export const clubAmountField = {
    ...floatField,
    component: ClubAmountField,
    supportedTypes: ["float"],
    extractProps: (...args) => ({ ...floatField.extractProps(...args), trailingZeros: false }),
};

registry.category("formatters").add("club_amount", formatClubAmount);
registry.category("fields").add("club_amount", clubAmountField);
