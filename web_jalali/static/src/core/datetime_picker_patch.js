/** The picker of dates by Jalali months, years and decades; all else of it stays Odoo's. */
import { DateTimePicker } from "@web/core/datetime/datetime_picker";
import { isInRange, today } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { patch } from "@web/core/utils/patch";
import {
    endOf,
    fromJalali,
    isJalali,
    jalaliOf,
    monthLength,
    MONTHS,
    plus,
    startOf,
    WEEKDAYS,
    WEEKDAYS_NARROW,
    weekNumber,
} from "./jalali";
import { format, persianDigits } from "./jalali_text";
import { assertFunctions } from "./module_patch";

const WEEKS = 6;
const FRIDAY = 5;
const WEEK_NUMBERS = "شمارهٔ هفته";

const numbersFrom = (start, count) => [...Array(count).keys()].map((index) => start + index);
const startOfYears = (date, count) => Math.floor(jalaliOf(date).year / count) * count;

/** One thing to choose, as the picker's template wants it. */
function makeItem({ range, label, isOutOfRange = false, isValid = true, extraClass = "" }) {
    return {
        id: range[0].toISODate(),
        includesToday: isInRange(today(), range),
        isOutOfRange,
        isValid,
        label: persianDigits(label),
        range,
        extraClass,
    };
}

function makeDay(day, monthRange, { maxDate, minDate, isDateValid, dayCellClass }) {
    const range = [day, day.endOf("day")];
    const classes = [dayCellClass?.(day), day.weekday === FRIDAY && "o_jalali_friday"];
    return makeItem({
        range,
        label: jalaliOf(day).day,
        isOutOfRange: !isInRange(day, monthRange),
        // Without a check of the caller's own it is undefined, and thereby valid.
        isValid: isInRange(range, [minDate, maxDate]) && isDateValid?.(day),
        extraClass: classes.filter(Boolean).join(" "),
    });
}

function daysOfWeek(week, showWeekNumbers) {
    const names = week.days.map(({ range: [day] }) => {
        const name = WEEKDAYS[day.weekday - 1];
        return [name, name, WEEKDAYS_NARROW[day.weekday - 1]];
    });
    return showWeekNumbers ? [["", WEEK_NUMBERS, ""], ...names] : names;
}

function makeMonth(date, params) {
    const { weekStart } = localization;
    const monthRange = [startOf(date, "month"), endOf(date, "month")];
    const firstDay = monthRange[0].minus({ days: (monthRange[0].weekday - weekStart + 7) % 7 });
    const weeks = numbersFrom(0, WEEKS).map((week) => {
        // The start of the day, for there are midnights that clocks have skipped.
        const days = numbersFrom(7 * week, 7).map((count) => firstDay.plus({ days: count }));
        return {
            number: persianDigits(weekNumber(days[0], weekStart)),
            days: days.map((day) => makeDay(day.startOf("day"), monthRange, params)),
        };
    });
    return {
        id: "__month__0",
        number: jalaliOf(date).month,
        daysOfWeek: daysOfWeek(weeks[0], params.showWeekNumbers),
        weeks,
    };
}

function makeYears(firstYear, count, date, { minDate, maxDate }) {
    const lastYear = firstYear + count - 1;
    const end = fromJalali(lastYear, 12, monthLength(lastYear, 12), { zone: date.zone });
    const range = [fromJalali(firstYear, 1, 1, { zone: date.zone }), end.endOf("day")];
    return { range, label: firstYear, isValid: isInRange(range, [minDate, maxDate]) };
}

/** Ten spans of years, with one before and one behind them. */
function makeGrid(span, date, params) {
    const start = startOfYears(date, 10 * span);
    return numbersFrom(-1, 12).map((index) =>
        makeItem({
            ...makeYears(start + index * span, span, date, params),
            isOutOfRange: index < 0 || index > 9,
        })
    );
}

function gridTitle(span, date) {
    const start = startOfYears(date, 10 * span);
    return persianDigits(`${start - span} - ${start + 10 * span}`);
}

const LEVELS = {
    days: {
        getTitle: (date) => format(date, "MMMM yyyy"),
        getItems: (date, params) => [makeMonth(date, params)],
    },
    months: {
        getTitle: (date) => format(date, "yyyy"),
        getItems: (date, { maxDate, minDate }) =>
            MONTHS.map((label, index) => {
                const first = fromJalali(jalaliOf(date).year, index + 1, 1, { zone: date.zone });
                const range = [first, endOf(first, "month")];
                return makeItem({ range, label, isValid: isInRange(range, [minDate, maxDate]) });
            }),
    },
    years: {
        getTitle: (date) => gridTitle(1, date),
        getItems: (date, params) => makeGrid(1, date, params),
    },
    decades: {
        getTitle: (date) => gridTitle(10, date),
        getItems: (date, params) => makeGrid(10, date, params),
    },
};

assertFunctions("DateTimePicker", DateTimePicker.prototype, [
    "activePrecisionLevel",
    "adjustFocus",
    "clamp",
    "next",
    "previous",
]);

patch(DateTimePicker.prototype, {
    /** @override */
    get activePrecisionLevel() {
        const level = super.activePrecisionLevel;
        return isJalali() ? { ...level, ...LEVELS[this.state.precision] } : level;
    },

    /** @override */
    adjustFocus(values, focusedDateIndex) {
        const isDue = this.shouldAdjustFocusDate || !this.state.focusDate;
        super.adjustFocus(values, focusedDateIndex);
        if (isJalali() && isDue) {
            const other = values[focusedDateIndex === 1 ? 0 : 1];
            const date = values[focusedDateIndex] || other || today();
            this.state.focusDate = this.clamp(startOf(date, "month"));
        }
    },

    /** @override */
    next(ev) {
        if (!isJalali()) {
            return super.next(ev);
        }
        this.moveByJalali(ev, 1);
    },

    /** @override */
    previous(ev) {
        if (!isJalali()) {
            return super.previous(ev);
        }
        this.moveByJalali(ev, -1);
    },

    /**
     * Show the next or the previous month, year, decade or century.
     *
     * @param {PointerEvent} ev
     * @param {1 | -1} direction
     */
    moveByJalali(ev, direction) {
        ev.preventDefault();
        const { month = 0, year = 0 } = this.activePrecisionLevel.step;
        const step = { months: direction * month, years: direction * year };
        this.state.focusDate = this.clamp(plus(this.state.focusDate, step));
    },
});
