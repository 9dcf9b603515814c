import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";

// Another user, or the job, has the step in hand: look again after so many milliseconds.
const PAUSE = 500;

/**
 * Ask for one step after the other until all are done, or nobody wants to go on.
 *
 * @param {() => Promise<Object>} step asks for the next one, and says how far it is
 * @param {(answer: Object) => void} tell shows that
 * @param {() => boolean} wanted whether to go on
 * @param {number} pause milliseconds to wait when somebody else had the step in hand
 */
export async function stepByStep(step, tell, wanted, pause = PAUSE) {
    let before = null;
    while (wanted()) {
        const answer = await step();
        tell(answer);
        if (answer.state !== "running") {
            return;
        }
        if (answer.done === before) {
            await new Promise((resolve) => setTimeout(resolve, pause));
        }
        before = answer.done;
    }
}

/**
 * How far a what-if is, and its going on: as long as the form is open, each step is one call.
 *
 * Whoever leaves the form leaves the rest to the server's job.
 */
export class ReplayProgress extends Component {
    static template = "loyalty_club.ReplayProgress";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ done: 0, total: 0, progress: 0, cancelling: false });
        this.alive = true;
        onMounted(() => this.goOn());
        onWillUnmount(() => {
            this.alive = false;
        });
    }

    get percent() {
        return formatFloat(this.state.progress, { digits: [16, 0] });
    }

    get counted() {
        return _t("%(done)s of %(total)s purchases", {
            done: formatInteger(this.state.done),
            total: formatInteger(this.state.total),
        });
    }

    call(method) {
        return this.orm.silent.call("loyalty.club.replay", method, [[this.props.record.resId]]);
    }

    async goOn() {
        if (!this.props.record.resId) {
            return;
        }
        await stepByStep(
            () => this.call("action_step"),
            ({ done, total, progress }) => Object.assign(this.state, { done, total, progress }),
            () => this.alive && !this.state.cancelling
        );
        if (this.alive) {
            await this.finish();
        }
    }

    async finish() {
        if (this.state.cancelling) {
            await this.call("action_cancel");
        }
        await this.props.record.load();
    }

    cancel() {
        // The step under way is waited for; its answer is thrown away with the rest.
        this.state.cancelling = true;
    }
}

registry.category("view_widgets").add("club_replay_progress", { component: ReplayProgress });
