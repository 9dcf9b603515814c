import { Component, markup, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { useAutofocus } from "@web/core/utils/hooks";

/** What the club asks of somebody who joins at the till; nothing is ticked beforehand. */
export class MemberEnrol extends Component {
    static template = "loyalty_club.MemberEnrol";
    static components = { Dialog };
    static props = {
        form: {
            type: Object,
            shape: {
                mobile: String,
                name: String,
                name_required: Boolean,
                terms: Array,
                consents: Array,
            },
        },
        busy: Boolean,
        message: String,
        enrol: Function,
        back: Function,
    };

    setup() {
        this.state = useState({ name: this.props.form.name, given: {} });
        if (this.props.form.name_required) {
            useAutofocus({ refName: "name" });
        }
    }

    get terms() {
        return this.props.form.terms.map((terms) => ({ ...terms, body: markup(terms.body) }));
    }

    get namePlaceholder() {
        return this.props.form.name_required ? _t("Name") : _t("Name (may stay empty)");
    }

    /** What needs no message at all is agreed to or not. */
    channelLabel([channel, label]) {
        return channel === "general" ? _t("Yes") : label;
    }

    get canEnrol() {
        return !this.props.busy && (this.state.name.trim() || !this.props.form.name_required);
    }

    /** The question's answers, by purpose and channel. */
    get consents() {
        return this.props.form.consents.flatMap(({ code, version, channels }) =>
            channels.map(([channel]) => [
                code,
                channel,
                version,
                Boolean(this.state.given[`${code} ${channel}`]),
            ])
        );
    }

    enrol() {
        if (this.canEnrol) {
            const { mobile, terms } = this.props.form;
            this.props.enrol({
                mobile,
                name: this.state.name.trim(),
                terms: terms.map(({ id }) => id),
                consents: this.consents,
            });
        }
    }
}
