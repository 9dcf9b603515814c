/** Days that are typed as a distance from now, "+1m", when months and years are Jalali ones. */
import { fromJalali, isKnownYear, jalaliOf, monthLength, plus } from "./jalali";

const { DateTime } = luxon;

const UNITS = { d: "days", w: "weeks", H: "hours", M: "minutes", S: "seconds" };
const TERM = /^([+\-=])(\d+)([dwHMSmy])$/;
const OF_CALENDAR = /^[+\-=]\d+[my]$/;

/** The same day of another month or year; the last one of a month that is shorter. */
function moved(date, operator, number, unit) {
    if (operator !== "=") {
        const count = operator === "+" ? number : -number;
        return plus(date, unit === "m" ? { months: count } : { years: count });
    }
    const { year, month, day } = jalaliOf(date);
    const newYear = unit === "y" ? number : year;
    const newMonth = unit === "m" ? number : month;
    if (!isKnownYear(newYear) || newMonth < 1 || newMonth > 12) {
        return false;
    }
    const newDay = Math.min(day, monthLength(newYear, newMonth));
    return fromJalali(newYear, newMonth, newDay, { zone: date.zone });
}

/** The day that one term leads to; false for none. */
function afterTerm(date, term) {
    const [, operator, digits, unit] = term.match(TERM) || [];
    if (!operator || (operator === "=" && UNITS[unit])) {
        return false;
    }
    const number = parseInt(digits, 10);
    if (UNITS[unit]) {
        return date.plus({ [UNITS[unit]]: operator === "+" ? number : -number });
    }
    return moved(date, operator, number, unit);
}

/**
 * What Odoo reads as a distance from now, where months or years are part of it.
 *
 * @param {string} text with Latin digits: "+1m", "today -1y +3d", "=1m"
 * @returns {luxon.DateTime | false | null} false for anything else, which Odoo reads as it does;
 *  null for what would be no day of this calendar
 */
export function parseSmartDate(text) {
    const terms = text.trim().split(/\s+/);
    if (!terms.some((term) => OF_CALENDAR.test(term))) {
        return false;
    }
    let date = DateTime.local().startOf("second");
    if (["today", "now"].includes(terms[0])) {
        date = terms.shift() === "today" ? date.startOf("day") : date;
    }
    for (const term of terms) {
        date = afterTerm(date, term);
        if (!date || !isKnownYear(jalaliOf(date).year)) {
            return null;
        }
    }
    return date;
}
