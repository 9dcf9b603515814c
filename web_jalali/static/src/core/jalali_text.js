/** Jalali dates as text: written by luxon's formats, read as people type them. */
import {
    fromJalali,
    isKnownYear,
    isValidJalali,
    jalaliOf,
    MONTHS,
    WEEKDAYS,
    WEEKDAYS_NARROW,
    weekNumber,
} from "./jalali";

const { DateTime } = luxon;
const { toFormat } = DateTime.prototype;

const PERSIAN_DIGITS = "۰۱۲۳۴۵۶۷۸۹";
const BIDI_MARKS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const FORMAT_PARTS = /'[^']*'|([a-zA-Z])\1*|[^a-zA-Z']+/g;
// From this year on a year of four digits is meant as a Gregorian one.
export const FIRST_GREGORIAN_YEAR = 1700;

/**
 * @param {string | number} text
 * @returns {string} with Persian digits
 */
export function persianDigits(text) {
    return String(text).replace(/[0-9]/g, (digit) => PERSIAN_DIGITS[digit]);
}

/**
 * @param {string} text
 * @returns {string} with Latin digits for Persian and Arabic ones, and without marks of direction
 */
export function latinDigits(text) {
    return text
        .replace(BIDI_MARKS, "")
        .replace(/[۰-۹]/g, (digit) => digit.charCodeAt(0) - 0x6f0)
        .replace(/[٠-٩]/g, (digit) => digit.charCodeAt(0) - 0x660);
}

// ---------------------------------------------------------------------------
// Writing
// ---------------------------------------------------------------------------

const padded = (number, length) => String(number).padStart(length, "0");

function weekdayText(date, length) {
    if (length < 3) {
        return String(date.weekday);
    }
    return (length === 5 ? WEEKDAYS_NARROW : WEEKDAYS)[date.weekday - 1];
}

/** How the letters of a luxon format are written that depend on the calendar or are asked for often. */
const WRITERS = {
    y: ({ jalali, length }) =>
        length === 2 ? padded(jalali.year % 100, 2) : padded(jalali.year, length),
    M: ({ jalali, length }) =>
        length < 3 ? padded(jalali.month, length) : MONTHS[jalali.month - 1],
    d: ({ jalali, length }) => padded(jalali.day, length),
    o: ({ jalali, length }) => padded(jalali.dayOfYear, length),
    q: ({ jalali, length }) => padded(Math.ceil(jalali.month / 3), length),
    E: ({ date, length }) => weekdayText(date, length),
    W: ({ date, length }) => padded(weekNumber(date), length),
    H: ({ date, length }) => padded(date.hour, length),
    m: ({ date, length }) => padded(date.minute, length),
    s: ({ date, length }) => padded(date.second, length),
    a: ({ date }) => (date.hour < 12 ? "ق.ظ" : "ب.ظ"),
    D: ({ date, length }) => format(date, length < 2 ? "yyyy/MM/dd" : "d MMMM yyyy"),
    F: ({ date, length }) => format(date, length < 2 ? "yyyy/MM/dd HH:mm" : "d MMMM yyyy، HH:mm"),
};
Object.assign(WRITERS, { L: WRITERS.M, c: WRITERS.E, n: WRITERS.W, f: WRITERS.F });

const partsByPattern = new Map();

/** @returns {((date: luxon.DateTime, jalali: Object) => string)[]} that write one part each */
function partsOf(pattern) {
    if (!partsByPattern.has(pattern)) {
        partsByPattern.set(pattern, (pattern.match(FORMAT_PARTS) || []).map(writerOf));
    }
    return partsByPattern.get(pattern);
}

function writerOf(part) {
    const write = WRITERS[part[0]];
    if (write) {
        return (date, jalali) => write({ date, jalali, length: part.length });
    }
    if (/[a-zA-Z]/.test(part[0])) {
        return (date) => toFormat.call(date, part, { numberingSystem: "latn" });
    }
    const text = part[0] === "'" ? part.slice(1, -1) : part;
    return () => text;
}

/**
 * Write a date by a format of luxon's, its calendar's parts as Jalali ones if it knows the year.
 *
 * @param {luxon.DateTime} date
 * @param {string} pattern
 * @returns {string}
 */
export function format(date, pattern) {
    const jalali = date.isValid && jalaliOf(date);
    if (!jalali || !isKnownYear(jalali.year)) {
        return toFormat.call(date, pattern);
    }
    let text = "";
    for (const write of partsOf(pattern)) {
        text += write(date, jalali);
    }
    return persianDigits(text);
}

/**
 * Write a date as people say it, "1 Azar", with its year when that is not the current one.
 *
 * @param {luxon.DateTime} date
 * @returns {string}
 */
export function formatNaturally(date) {
    const isThisYear = jalaliOf(date).year === jalaliOf(DateTime.local()).year;
    return format(date, isThisYear ? "d MMMM" : "d MMMM yyyy");
}

// ---------------------------------------------------------------------------
// Reading
// ---------------------------------------------------------------------------

const TYPED_TIME = /\s(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?(?:\s*(ق\.ظ|ب\.ظ|am|pm))?$/i;
// "1 Azar 1405", with or without a weekday before it and the year behind it
const WITH_NAME = /^(?:[^\d\s]+ )?(?<day>\d{1,2}) (?<name>[^\d\s]+)(?: (?<year>\d{4}|\d{2}))?$/;
// "14050901", "050901" and "0901": how long the parts are, by the length of all
const COMPACT = { 4: [2, 2], 6: [2, 2, 2], 8: [4, 2, 2] };

function hourOf(hour, halfOfDay) {
    if (!halfOfDay) {
        return hour;
    }
    return (hour % 12) + (/ب|pm/i.test(halfOfDay) ? 12 : 0);
}

/** @returns {{ text: string, time: { hour: number, minute: number, second: number } }} */
function splitTime(value) {
    const text = foldLetters(latinDigits(value)).replace(/[،,]/g, " ").replace(/\s+/g, " ").trim();
    const found = TYPED_TIME.exec(text);
    if (!found) {
        return { text, time: { hour: 0, minute: 0, second: 0 } };
    }
    const [hour, minute, second] = found.slice(1, 4).map((number) => Number(number || 0));
    const time = { hour: hourOf(hour, found[4]), minute, second };
    return { text: text.slice(0, found.index).trim(), time };
}

/** @returns {string[]} the numbers of which a typed date is made, if it is */
function splitNumbers(text, order) {
    if (/^\d{1,4}(?:[/\-. ]\d{1,4}){0,2}$/.test(text) && (/\D/.test(text) || text.length < 3)) {
        return text.split(/\D/);
    }
    const numbers = [];
    if (/^\d+$/.test(text) && order[0] === "y") {
        let start = 0;
        for (const length of COMPACT[text.length] || []) {
            numbers.push(text.slice(start, start + length));
            start += length;
        }
    }
    return numbers;
}

/** @returns {string} the order of year, month and day in a format, as "yMd" */
function orderOf(pattern) {
    const letters = pattern
        .replace(/'[^']*'/g, "")
        .replace(/L/g, "M")
        .match(/[yMd]/g);
    const order = [...new Set(letters)].join("");
    return order.length === 3 ? order : "yMd";
}

/** @returns {string} which of year, month and day the numbers are */
function orderOfNumbers(numbers, order) {
    const withoutYear = order.replace("y", "");
    if (numbers.length < 3) {
        return numbers.length === 2 ? withoutYear : "d";
    }
    if (numbers[0].length === 4) {
        return "yMd";
    }
    return numbers[2].length === 4 ? `${withoutYear}y` : order;
}

/** @returns {{ year?: string, month?: string, day?: string, name?: string } | false} */
function readParts(text, pattern) {
    const named = WITH_NAME.exec(text);
    if (named) {
        return MONTHS.includes(named.groups.name) && named.groups;
    }
    const order = orderOf(pattern);
    const numbers = splitNumbers(text, order);
    const letters = orderOfNumbers(numbers, order);
    const part = (letter) => numbers[letters.indexOf(letter)];
    const parts = { year: part("y"), month: part("M"), day: part("d") };
    const isRead = parts.day?.length <= 2 && (parts.month || "1").length <= 2;
    return isRead && [2, 4].includes((parts.year || "00").length) && parts;
}

/** @returns {number} the year that two digits mean: none is more than thirty years ahead */
function wholeYear(year, currentYear) {
    if (year >= 100) {
        return year;
    }
    const century = Math.floor(currentYear / 100) * 100;
    return century + year > currentYear + 30 ? century - 100 + year : century + year;
}

/** @returns {{ year: number, month: number, day: number } | false} */
function readDay(text, pattern) {
    const parts = readParts(text, pattern);
    if (!parts || (parts.year?.length === 4 && Number(parts.year) >= FIRST_GREGORIAN_YEAR)) {
        return false;
    }
    const today = jalaliOf(DateTime.local());
    const month = parts.name ? MONTHS.indexOf(parts.name) + 1 : parts.month;
    return {
        year: wholeYear(Number(parts.year || today.year), today.year),
        month: Number(month || today.month),
        day: Number(parts.day),
    };
}

/**
 * Read a date that a person has typed or pasted; today gives the parts that are left out.
 *
 * @param {string} value
 * @param {Object} [options]
 * @param {string | luxon.Zone} [options.zone]
 * @param {string} [options.pattern] a format with the order of day, month and year
 * @returns {luxon.DateTime | false | null} false: it isn't Jalali, as a Gregorian date or "+3d";
 *  null: it is, and there is no such day or time, as on 30 Esfand of a common year
 */
export function parse(value, { zone = "default", pattern = "yyyy/MM/dd" } = {}) {
    const { text, time } = splitTime(value);
    const date = readDay(text, pattern);
    if (!date) {
        return false;
    }
    const isTime = time.hour < 24 && time.minute < 60 && time.second < 60;
    if (!isTime || !isValidJalali(date.year, date.month, date.day)) {
        return null;
    }
    return fromJalali(date.year, date.month, date.day, { zone, ...time });
}

/**
 * Letters that Arabic keyboards write otherwise than Persian ones, as Persian ones write them.
 *
 * @param {string} text
 * @returns {string}
 */
export function foldLetters(text) {
    return text.replace(/[يى]/g, "ی").replace(/ك/g, "ک");
}
