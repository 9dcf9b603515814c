/**
 * The Jalali calendar: arithmetic on luxon's DateTimes, which stay Gregorian themselves.
 *
 * It imports nothing: it has to be there before Odoo's own modules start.
 */
const { DateTime, Settings } = luxon;

export const MONTHS = [
    "فروردین",
    "اردیبهشت",
    "خرداد",
    "تیر",
    "مرداد",
    "شهریور",
    "مهر",
    "آبان",
    "آذر",
    "دی",
    "بهمن",
    "اسفند",
];
export const SEASONS = ["بهار", "تابستان", "پاییز", "زمستان"];
// In luxon's order: Monday is 1.
export const WEEKDAYS = ["دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه"];
export const WEEKDAYS_NARROW = ["د", "س", "چ", "پ", "ج", "ش", "ی"];

const DAY = 86400000;
// In these years the rule of 33 years gives the official leap years.
const FIRST_YEAR = 1178;
const LAST_YEAR = 1633;
// 1 Farvardin 1, in days since 1970
const EPOCH = Date.UTC(622, 2, 21) / DAY;
const MONTHS_OF = { month: 1, quarter: 3, year: 12 };

const wholes = (number, divisor) => Math.floor(number / divisor);
const daysBeforeYear = (year) => 365 * (year - 1) + wholes(8 * year + 21, 33);
const daysBeforeMonth = (month) => (month <= 7 ? 31 * (month - 1) : 30 * (month - 1) + 6);

/**
 * Whether the person reads Jalali dates: whether luxon speaks Persian of Iran.
 *
 * `localization.code` would be wrong on web pages, where it is the browser's language.
 *
 * @returns {boolean}
 */
export function isJalali() {
    return Settings.defaultLocale === "fa-IR";
}

/**
 * @param {number} year
 * @returns {boolean}
 */
export function isLeap(year) {
    return (25 * year + 11) % 33 < 8;
}

/**
 * @param {number} year
 * @param {number} month
 * @returns {number} of days
 */
export function monthLength(year, month) {
    if (month < 12) {
        return month <= 6 ? 31 : 30;
    }
    return isLeap(year) ? 30 : 29;
}

/**
 * @param {number} year Gregorian, as month and day
 * @param {number} month
 * @param {number} day
 * @returns {{ year: number, month: number, day: number, dayOfYear: number }} Jalali
 */
export function toJalali(year, month, day) {
    const days = Date.UTC(year, month - 1, day) / DAY - EPOCH;
    const jalaliYear = 1 + wholes(33 * days + 3, 12053);
    const dayOfYear = days - daysBeforeYear(jalaliYear) + 1;
    const jalaliMonth =
        1 + (dayOfYear <= 186 ? wholes(dayOfYear - 1, 31) : wholes(dayOfYear - 7, 30));
    return {
        year: jalaliYear,
        month: jalaliMonth,
        day: dayOfYear - daysBeforeMonth(jalaliMonth),
        dayOfYear,
    };
}

/**
 * @param {number} year Jalali, as month and day
 * @param {number} month
 * @param {number} day
 * @returns {{ year: number, month: number, day: number }} Gregorian
 */
export function toGregorian(year, month, day) {
    const days = daysBeforeYear(year) + daysBeforeMonth(month) + day - 1;
    const date = new Date((days + EPOCH) * DAY);
    return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/**
 * @param {luxon.DateTime} date
 * @returns {{ year: number, month: number, day: number, dayOfYear: number }} Jalali
 */
export function jalaliOf(date) {
    return toJalali(date.year, date.month, date.day);
}

/**
 * Whether the rule by which leap years are found here holds for a year.
 *
 * @param {number} year
 * @returns {boolean}
 */
export function isKnownYear(year) {
    return year >= FIRST_YEAR && year <= LAST_YEAR;
}

/**
 * Whether there is such a day, in the years that this calendar knows.
 *
 * @param {number} year
 * @param {number} month
 * @param {number} day
 * @returns {boolean}
 */
export function isValidJalali(year, month, day) {
    const isMonth = isKnownYear(year) && month >= 1 && month <= 12;
    return isMonth && day >= 1 && day <= monthLength(year, month);
}

/**
 * The start of a Jalali day, or a time on it.
 *
 * @param {number} year
 * @param {number} month
 * @param {number} day
 * @param {{ zone?: string | luxon.Zone, hour?: number, minute?: number, second?: number }} [options]
 * @returns {luxon.DateTime}
 */
export function fromJalali(year, month, day, { zone = "default", ...time } = {}) {
    const date = DateTime.fromObject({ ...toGregorian(year, month, day), ...time }, { zone });
    // Midnight need not exist: until 2022 Tehran's clocks skipped that hour in spring.
    return time.hour || time.minute || time.second ? date : date.startOf("day");
}

/**
 * @param {luxon.DateTime} date
 * @param {"month" | "quarter" | "year"} unit
 * @returns {luxon.DateTime} the start of the Jalali month, quarter or year
 */
export function startOf(date, unit) {
    const { year, month } = jalaliOf(date);
    const months = MONTHS_OF[unit];
    return fromJalali(year, wholes(month - 1, months) * months + 1, 1, { zone: date.zone });
}

/**
 * @param {luxon.DateTime} date
 * @param {"month" | "quarter" | "year"} unit
 * @returns {luxon.DateTime} the last moment of the Jalali month, quarter or year
 */
export function endOf(date, unit) {
    const { year, month } = jalaliOf(date);
    const months = MONTHS_OF[unit];
    const last = (wholes(month - 1, months) + 1) * months;
    return fromJalali(year, last, monthLength(year, last), { zone: date.zone }).endOf("day");
}

/**
 * Go on by Jalali months and years; a day that the month has not becomes its last one.
 *
 * @param {luxon.DateTime} date
 * @param {{ years?: number, months?: number }} duration
 * @returns {luxon.DateTime}
 */
export function plus(date, { years = 0, months = 0 }) {
    const { year, month, day } = jalaliOf(date);
    const count = (year + years) * 12 + month - 1 + months;
    const newYear = wholes(count, 12);
    const newMonth = count - newYear * 12 + 1;
    return date.set(toGregorian(newYear, newMonth, Math.min(day, monthLength(newYear, newMonth))));
}

/**
 * The number of a week in the Jalali year; the week of 1 Farvardin is the first.
 *
 * @param {luxon.DateTime} date
 * @param {number} [weekStart] the weekday on which weeks start, in luxon's order: Saturday
 * @returns {number}
 */
export function weekNumber(date, weekStart = 6) {
    const lastDay = date.plus({ days: 6 - ((date.weekday - weekStart + 7) % 7) });
    return wholes(jalaliOf(lastDay).dayOfYear - 1, 7) + 1;
}
