import { useEffect } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useDebounced } from "@web/core/utils/timing";
import { CharField, charField } from "@web/views/fields/char/char_field";

const PAUSE = 300; // milliseconds without typing
const DIGITS = 10; // of a whole number, at the least

/**
 * A mobile number that the form answers to while it is typed: whose it is shows as soon as it is
 * whole, without leaving the field.
 */
export class ClubMobileField extends CharField {
    setup() {
        super.setup();
        this.tell = useDebounced(() => this.tellForm(), PAUSE);
        useEffect(
            (input) => {
                if (!input) {
                    return;
                }
                input.dir = "ltr"; // groups of digits stay in their order in Persian as well
                input.inputMode = "tel";
                input.addEventListener("input", this.tell);
                return () => input.removeEventListener("input", this.tell);
            },
            () => [this.input.el]
        );
    }

    tellForm() {
        const { name, record } = this.props;
        const text = this.input.el ? this.parse(this.input.el.value) : "";
        const digits = text.match(/\p{Nd}/gu) || [];
        if (digits.length >= DIGITS && text !== record.data[name]) {
            record.update({ [name]: text });
        }
    }
}

export const clubMobileField = {
    ...charField,
    component: ClubMobileField,
    supportedTypes: ["char"],
};

registry.category("fields").add("club_mobile", clubMobileField);
