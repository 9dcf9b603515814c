/** Calendar views by Jalali months and years. */
import { assertFunctions } from "../core/module_patch";
import { CalendarCommonRenderer } from "@web/views/calendar/calendar_common/calendar_common_renderer";
import { CalendarController } from "@web/views/calendar/calendar_controller";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { CalendarYearRenderer } from "@web/views/calendar/calendar_year/calendar_year_renderer";
import { localization } from "@web/core/l10n/localization";
import { patch } from "@web/core/utils/patch";
import {
    endOf,
    fromJalali,
    isJalali,
    jalaliOf,
    plus,
    startOf,
    WEEKDAYS,
    WEEKDAYS_NARROW,
    weekNumber,
} from "../core/jalali";
import { format, persianDigits } from "../core/jalali_text";

const { DateTime } = luxon;
const BY_JALALI = ["month", "year"];

const weekNumberOf = (date) => persianDigits(weekNumber(date, localization.weekStart || 7));

/** The whole weeks in which a month lies. */
function weeksOfMonth(date, firstDayOfWeek) {
    const [first, last] = [startOf(date, "month"), endOf(date, "month")];
    return {
        start: first.minus({ days: (first.weekday - firstDayOfWeek + 7) % 7 }).startOf("day"),
        end: last.plus({ days: (firstDayOfWeek + 6 - last.weekday + 7) % 7 }).endOf("day"),
    };
}

/** FullCalendar's view of the weeks of a Jalali month: it can only make Gregorian months itself. */
function monthView(date, firstDayOfWeek, options) {
    const { start, end } = weeksOfMonth(date, firstDayOfWeek);
    return {
        initialView: "jalaliMonth",
        views: {
            jalaliMonth: {
                type: "dayGrid",
                // It is to look like Odoo's own month.
                viewClassNames: "fc-dayGridMonth-view",
                visibleRange: {
                    start: start.toISODate(),
                    end: end.plus({ days: 1 }).toISODate(),
                },
                // Else it would write a month's name beside each Gregorian first.
                monthStartFormat: { day: "numeric" },
                ...options,
            },
        },
        weekNumberCalculation: (day) => weekNumber(DateTime.fromJSDate(day), firstDayOfWeek || 7),
    };
}

const isInMonth = (day, month) => jalaliOf(day).month === jalaliOf(month).month;

assertFunctions("CalendarModel", CalendarModel.prototype, ["computeRange"]);
assertFunctions("CalendarController", CalendarController.prototype, [
    "currentDate",
    "currentMonth",
    "currentWeek",
    "currentYear",
    "dayHeader",
    "setDate",
    "today",
    "weekHeader",
]);
assertFunctions("CalendarCommonRenderer", CalendarCommonRenderer.prototype, [
    "getDayCellClassNames",
    "headerTemplateProps",
    "options",
]);
assertFunctions("CalendarYearRenderer", CalendarYearRenderer.prototype, [
    "getDateWithMonth",
    "getDayCellClassNames",
    "getOptionsForMonth",
]);

patch(CalendarModel.prototype, {
    /** @override */
    computeRange() {
        const { scale, date, firstDayOfWeek } = this.meta;
        if (!isJalali() || !BY_JALALI.includes(scale)) {
            return super.computeRange();
        }
        if (scale === "month" && this.monthOverflow) {
            return weeksOfMonth(date, firstDayOfWeek);
        }
        return { start: startOf(date, scale), end: endOf(date, scale) };
    },
});

patch(CalendarController.prototype, {
    /** @override */
    get currentDate() {
        const text = super.currentDate;
        return text && isJalali() ? ` - ${format(this.date, "MMMM yyyy")}` : text;
    },

    /** @override */
    get today() {
        return isJalali() ? format(DateTime.now(), "d") : super.today;
    },

    /** @override */
    get currentYear() {
        return isJalali() ? format(this.date, "yyyy") : super.currentYear;
    },

    /** @override */
    get currentMonth() {
        return isJalali() ? format(this.date, "MMMM yyyy") : super.currentMonth;
    },

    /** @override */
    get currentWeek() {
        return isJalali() ? weekNumberOf(this.model.rangeStart) : super.currentWeek;
    },

    /** @override */
    get dayHeader() {
        return isJalali() ? format(this.date, "d MMMM yyyy") : super.dayHeader;
    },

    /** @override */
    get weekHeader() {
        if (!isJalali()) {
            return super.weekHeader;
        }
        const { rangeStart, rangeEnd } = this.model;
        const end = format(rangeEnd, "MMMM yyyy");
        if (isInMonth(rangeStart, rangeEnd)) {
            return end;
        }
        const isInYear = jalaliOf(rangeStart).year === jalaliOf(rangeEnd).year;
        return `${format(rangeStart, isInYear ? "MMMM" : "MMMM yyyy")} - ${end}`;
    },

    /** @override */
    async setDate(move) {
        const { scale, date } = this.model;
        if (!isJalali() || !BY_JALALI.includes(scale) || move === "today") {
            return super.setDate(move);
        }
        const step = { [`${scale}s`]: move === "next" ? 1 : -1 };
        await this.model.load({ date: plus(date, step) });
    },
});

patch(CalendarCommonRenderer.prototype, {
    /** @override */
    get options() {
        const options = super.options;
        const { date, firstDayOfWeek, scale } = this.props.model;
        if (!isJalali() || scale !== "month") {
            return options;
        }
        const dayCellContent = (cell) => {
            const day = DateTime.fromJSDate(cell.date);
            return format(day, jalaliOf(day).day === 1 ? "d MMMM" : "d");
        };
        const { dayHeaderFormat } = options;
        return {
            ...options,
            ...monthView(date, firstDayOfWeek, { dayCellContent, dayHeaderFormat }),
        };
    },

    /** @override */
    getDayCellClassNames(info) {
        const names = super.getDayCellClassNames(info);
        const { date, scale } = this.props.model;
        if (isJalali() && scale === "month") {
            if (!isInMonth(DateTime.fromJSDate(info.date), date)) {
                return [...names, "fc-day-other"];
            }
        }
        return names;
    },

    /** @override */
    headerTemplateProps(date) {
        const props = super.headerTemplateProps(date);
        if (!isJalali()) {
            return props;
        }
        // As Odoo does: in months FullCalendar gives its dates in UTC
        const zone = this.props.model.scale === "month" ? "UTC" : "default";
        const day = DateTime.fromJSDate(date, { zone });
        const name = WEEKDAYS[day.weekday - 1];
        return { ...props, day: format(day, "d"), weekdayShort: name, weekdayLong: name };
    },
});

patch(CalendarYearRenderer.prototype, {
    /** @override */
    getDateWithMonth(month) {
        if (!isJalali()) {
            return super.getDateWithMonth(month);
        }
        return this.startOfJalaliMonth(month).toISO();
    },

    /** @override */
    getOptionsForMonth(month) {
        const options = super.getOptionsForMonth(month);
        if (!isJalali()) {
            return options;
        }
        const first = this.startOfJalaliMonth(month);
        const { firstDayOfWeek } = this.props.model;
        const dayCellContent = (cell) => format(DateTime.fromJSDate(cell.date), "d");
        return {
            ...options,
            ...monthView(first, firstDayOfWeek, { dayCellContent }),
            titleFormat: () => format(first, "MMMM yyyy"),
            dayHeaderContent: ({ dow }) => WEEKDAYS_NARROW[(dow + 6) % 7],
            dayCellClassNames: (info) => [
                ...this.getDayCellClassNames(info),
                isInMonth(DateTime.fromJSDate(info.date), first) ? "" : "o_jalali_outside",
            ],
        };
    },

    /**
     * @param {string} month a name that luxon has for it: only its place counts
     * @returns {luxon.DateTime}
     */
    startOfJalaliMonth(month) {
        const { date } = this.props.model;
        const { year } = jalaliOf(date);
        return fromJalali(year, this.months.indexOf(month) + 1, 1, { zone: date.zone });
    },
});
