import { DomainSelector } from "@web/core/domain_selector/domain_selector";
import { condition } from "@web/core/tree_editor/condition_tree";
import { getOperatorEditorInfo } from "@web/core/tree_editor/tree_editor_operator_editor";
import { registry } from "@web/core/registry";
import { DomainField, domainField } from "@web/views/fields/domain/domain_field";

// What facts of each type are compared by: no more than the server understands.
const OPERATORS = {
    boolean: ["set", "not set"],
    integer: ["=", "!=", "<", "<=", ">", ">=", "between"],
    float: ["<", "<=", ">", ">=", "between", "=", "!="],
    date: ["=", "!=", "<", "<=", ">", ">="],
    selection: ["=", "!=", "in", "not in"],
    many2one: ["in", "not in", "set", "not set"],
    many2many: ["in", "not in", "set", "not set"],
};

/**
 * Conditions over the facts of a sale: names alone, without what lies behind them.
 */
export class ConditionSelector extends DomainSelector {
    getDefaultCondition() {
        return condition("amount", ">=", 1);
    }

    getDefaultOperator(fieldDef) {
        return this.operatorsOf(fieldDef)[0];
    }

    getOperatorEditorInfo(fieldDef) {
        return getOperatorEditorInfo(this.operatorsOf(fieldDef), fieldDef);
    }

    getPathEditorInfo(resModel, defaultCondition) {
        const info = super.getPathEditorInfo(resModel, defaultCondition);
        const extractProps = (props) => ({ ...info.extractProps(props), followRelations: false });
        return { ...info, extractProps };
    }

    operatorsOf(fieldDef) {
        return OPERATORS[fieldDef?.type] || ["=", "!="];
    }
}

/**
 * The editor of domains, for facts that have no records: it neither counts nor shows any.
 */
export class ConditionField extends DomainField {
    static template = "loyalty_club.ConditionField";
    static components = { ConditionSelector };

    checkProps(props = this.props) {
        const invalid = this.getEvaluatedDomain(props).isInvalid;
        this.updateState({ isValid: !invalid, recordCount: 0, hasLimitedCount: false });
    }

    quickValidityCheck(props) {
        return !this.getEvaluatedDomain(props).isInvalid;
    }

    get isEmpty() {
        return !this.getDomain().replace(/[[\]\s]/g, "");
    }
}

export const conditionField = { ...domainField, component: ConditionField };

registry.category("fields").add("club_condition", conditionField);
