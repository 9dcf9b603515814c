import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";

/** What only the customer knows: typed unseen, kept nowhere. */
export class SecretPopup extends Component {
    static template = "loyalty_club.SecretPopup";
    static components = { Dialog };
    static props = {
        title: String,
        body: { type: String, optional: true },
        hidden: { type: Boolean, optional: true },
        again: { type: String, optional: true },
        getPayload: Function,
        close: Function,
    };
    static defaultProps = { body: "", hidden: true, again: "" };

    setup() {
        this.state = useState({ value: "" });
        this.inputRef = useRef("input");
        onMounted(() => this.inputRef.el.focus());
        this.confirmLabel = _t("Confirm");
    }

    get type() {
        return this.props.hidden ? "password" : "text";
    }

    confirm() {
        if (this.state.value.trim()) {
            this.answer(this.state.value.trim());
        }
    }

    /** Ask for a new code instead: an empty answer. */
    askAgain() {
        this.answer("");
    }

    answer(value) {
        this.props.getPayload(value);
        this.props.close();
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            this.confirm();
        }
    }
}
