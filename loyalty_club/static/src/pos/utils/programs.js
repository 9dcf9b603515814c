import { _t } from "@web/core/l10n/translation";

/**
 * The club keeps this program's value on its ledger: the server decides what is earned and spent.
 *
 * @param {Object} [program] loyalty.program
 */
export function isKept(program) {
    return Boolean(program?.club_rounding);
}

/** As isKept, and the value belongs to a member: points or prepaid credit, not gift cards. */
export function isKeptForMember(program) {
    return isKept(program) && program.is_nominative;
}

/** Why a program for certain members cannot be used: a sentence for the cashier. */
export function notForCustomer(program) {
    return _t("“%s” is for certain members of the club. Choose the customer first.", program.name);
}
