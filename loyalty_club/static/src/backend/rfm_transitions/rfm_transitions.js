import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Layout } from "@web/search/layout";

const MODEL = "loyalty.club.rfm.history";
const NOT_YET = -1;

/**
 * A picture of how members moved between stages from one month's end to another: rows are where
 * they were, columns where they are; the more of a row went somewhere, the darker it is there.
 */
export class RfmTransitions extends Component {
    static template = "loyalty_club.RfmTransitions";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({ data: null });
        onWillStart(() => this.load({}));
    }

    /** Fetch the numbers for another choice; what is not chosen stays. */
    async load(choice) {
        const { club_id, subject, first, last } = { ...this.state.data, ...choice };
        this.state.data = await this.orm.call(MODEL, "get_transitions", [], {
            club_id: club_id || null,
            subject: subject || "lifecycle_id",
            first: first || null,
            last: last || null,
        });
    }

    get subjects() {
        return [
            { id: "lifecycle_id", name: _t("Stages") },
            { id: "class_id", name: _t("Classes") },
        ];
    }

    /** Rows of the picture, those without members left out. */
    get rows() {
        const { counts } = this.state.data;
        const groups = [
            ...this.state.data.groups,
            { id: NOT_YET, name: _t("Not yet a customer"), color: 0 },
        ];
        return groups
            .map((group) => {
                const own = counts.filter(([before]) => before === group.id);
                const total = own.reduce((sum, [, , members]) => sum + members, 0);
                return { ...group, total, cells: this.cells(group, own, total) };
            })
            .filter((row) => row.total);
    }

    cells(group, own, total) {
        return this.columns.map((column) => {
            const members = own.find(([, after]) => after === column.id)?.[2] || 0;
            const share = total ? members / total : 0;
            return {
                ...column,
                members,
                stayed: column.id === group.id,
                percent: Math.round(share * 100),
                style: `--club-share: ${share.toFixed(3)}`,
            };
        });
    }

    /** Groups in which somebody is at the later month's end. */
    get columns() {
        const reached = new Set(this.state.data.counts.map(([, after]) => after));
        return this.state.data.groups.filter((group) => reached.has(group.id));
    }

    columnTotal(column) {
        return this.state.data.counts
            .filter(([, after]) => after === column.id)
            .reduce((sum, [, , members]) => sum + members, 0);
    }

    async openMembers(row, cell) {
        if (!cell.members) {
            return;
        }
        const { club_id, subject, first, last } = this.state.data;
        const action = await this.orm.call(MODEL, "get_members_action", [
            club_id,
            subject,
            first,
            last,
            row.id,
            cell.id,
        ]);
        await this.action.doAction(action);
    }
}

registry.category("actions").add("loyalty_club.rfm_transitions", RfmTransitions);
