import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { mockDate, mockTimeZone } from "@odoo/hoot-mock";
import { allowTranslations, patchWithCleanup } from "@web/../tests/web_test_helpers";
import {
    ConversionError,
    deserializeDate,
    deserializeDateTime,
    formatDate,
    formatDateTime,
    parseDate,
    parseDateTime,
    serializeDate,
    serializeDateTime,
    toLocaleDateString,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { speakEnglish, speakPersian } from "../persian_test_helpers";

describe.current.tags("headless");

const { DateTime } = luxon;

beforeEach(() => {
    mockTimeZone("Asia/Tehran");
    mockDate("2026-11-22 12:10:00", "Asia/Tehran"); // 1 Azar 1405
});

describe("in Persian", () => {
    speakPersian();

    test("dates are written in the person's format", () => {
        const date = deserializeDate("2026-11-22");
        expect(formatDate(date)).toBe("۱۴۰۵/۰۹/۰۱");
        expect(formatDate(date, { format: "EEEE d MMMM yyyy" })).toBe("یکشنبه ۱ آذر ۱۴۰۵");
        expect(formatDate(date, { format: "d/M/yy" })).toBe("۱/۹/۰۵");
        expect(formatDate(date, { format: "'روز' o q" })).toBe("روز ۲۴۷ ۳");
        expect(formatDate(false)).toBe("");
        expect(formatDate(null)).toBe("");
    });

    test("moments are written in the person's zone, or the one that is asked for", () => {
        const moment = deserializeDateTime("2026-03-20 20:30:00");
        expect(formatDateTime(moment)).toBe("۱۴۰۵/۰۱/۰۱ ۰۰:۰۰:۰۰");
        expect(formatDateTime(moment, { tz: "utc" })).toBe("۱۴۰۴/۱۲/۲۹ ۲۰:۳۰:۰۰");
        expect(formatDateTime(deserializeDateTime("2026-03-20 20:29:59"))).toBe(
            "۱۴۰۴/۱۲/۲۹ ۲۳:۵۹:۵۹"
        );
        // Summer time, which Iran had until 1401
        expect(formatDateTime(deserializeDateTime("2021-06-21 19:30:00"))).toBe(
            "۱۴۰۰/۰۴/۰۱ ۰۰:۰۰:۰۰"
        );
    });

    test("what only says the time, and what is for machines, stays as it is", () => {
        const moment = deserializeDateTime("2026-11-22 12:10:00");
        expect(formatDateTime(moment, { format: "HH:mm" })).toBe("15:40");
        expect(formatDate(moment, { format: "yyyy-MM-dd" })).toBe("2026-11-22");
        expect(formatDateTime(moment, { format: "yyyyMMdd'T'HHmmss" })).toBe("20261122T154000");
        expect(serializeDate(moment)).toBe("2026-11-22");
        expect(serializeDateTime(moment)).toBe("2026-11-22 12:10:00");
        expect(moment.toFormat("yyyy-MM-dd HH:mm:ss")).toBe("2026-11-22 15:40:00");
        expect(moment.toISODate()).toBe("2026-11-22");
        expect(moment.toSQL()).toBe("2026-11-22 15:40:00.000 +03:30");
        expect(moment.toHTTP()).toBe("Sun, 22 Nov 2026 12:10:00 GMT");
    });

    test("distances in months and years are those of the person's calendar", () => {
        const typed = (text) => serializeDate(parseDate(text));
        expect(typed("+1m")).toBe("2026-12-22"); // 1 Dey
        expect(typed("-1m")).toBe("2026-10-23"); // 1 Aban
        expect(typed("+۱m")).toBe("2026-12-22");
        expect(typed("-1y")).toBe("2025-11-22"); // 1 Azar 1404
        expect(typed("today -2m +3d")).toBe("2026-09-26"); // 4 Mehr
        expect(typed("=1m")).toBe("2026-03-21"); // 1 Farvardin
        expect(typed("=1404y")).toBe("2025-11-22");
        expect(serializeDateTime(parseDateTime("+1m"))).toBe("2026-12-22 12:10:00");
        // A day that the month has not becomes its last one.
        mockDate("2026-05-22 12:00:00", "Asia/Tehran"); // 1 Khordad
        expect(typed("+3d")).toBe("2026-05-25");
        mockDate("2026-09-22 12:00:00", "Asia/Tehran"); // 31 Shahrivar
        expect(typed("+1m")).toBe("2026-10-22"); // 30 Mehr
        expect(typed("+6m")).toBe("2027-03-20"); // 29 Esfand
        allowTranslations();
        for (const nonsense of ["+1x", "=13m", "=0m", "+m", "+1m ?"]) {
            expect(() => parseDate(nonsense)).toThrow(ConversionError);
        }
    });

    test("a year that is not the current one is told", () => {
        expect(toLocaleDateString(deserializeDate("2026-11-22"))).toBe("۱ آذر");
        expect(toLocaleDateString(deserializeDate("2026-03-20"))).toBe("۲۹ اسفند ۱۴۰۴");
        expect(toLocaleDateString(deserializeDate("2027-01-01"))).toBe("۱۱ دی");
        expect(toLocaleDateString(false)).toBe("");
    });

    test("lists write moments with what they ask for", () => {
        const moment = deserializeDateTime("2026-11-22 12:10:05");
        expect(toLocaleDateTimeString(moment)).toBe("۱ آذر، ۱۵:۴۰");
        expect(toLocaleDateTimeString(moment, { showSeconds: true })).toBe("۱ آذر، ۱۵:۴۰:۰۵");
        expect(toLocaleDateTimeString(moment, { showTime: false })).toBe("۱ آذر");
        expect(toLocaleDateTimeString(moment, { showDate: false })).toBe("۱۵:۴۰");
        expect(toLocaleDateTimeString(moment, { tz: "utc" })).toBe("۱ آذر، ۱۲:۱۰");
    });

    test("formats with a month's name are for people, whoever uses them", () => {
        const moment = deserializeDateTime("2026-11-22 12:10:00");
        expect(moment.toFormat("MMMM yyyy")).toBe("آذر ۱۴۰۵");
        expect(moment.toFormat("ccc, MMM d, yyyy")).toBe("یکشنبه, آذر ۱, ۱۴۰۵");
        expect(moment.toFormat("LLLL d", { locale: "en" })).toBe("November 22");
        expect(moment.setLocale("en").toFormat("LLLL d")).toBe("November 22");
        expect(moment.toFormat("'DDD' HH")).toBe("DDD 15");
        expect(moment.toLocaleString(DateTime.DATE_SHORT)).toBe("۱۴۰۵/۹/۱");
        expect(moment.toLocaleString(DateTime.DATE_SHORT, { locale: "en" })).toBe("11/22/2026");
    });

    const TYPED = [
        ["1405/9/1", "2026-11-22"],
        ["۱۴۰۵/۰۹/۰۱", "2026-11-22"],
        ["١٤٠٥/٠٩/٠١", "2026-11-22"],
        ["\u200f۱۴۰۵/۰۹/۰۱\u200e", "2026-11-22"],
        ["1405-09-01", "2026-11-22"],
        ["1405.9.1", "2026-11-22"],
        ["05/9/1", "2026-11-22"],
        ["9/1", "2026-11-22"],
        ["14050901", "2026-11-22"],
        ["050901", "2026-11-22"],
        ["0901", "2026-11-22"],
        ["1/9/1405", "2026-11-22", "dd/MM/yyyy"],
        ["1/9", "2026-11-22", "dd/MM/yyyy"],
        ["9/1/1405", "2026-11-22", "MM/dd/yyyy"],
        ["1", "2026-11-22"],
        ["13", "2026-12-04"],
        ["1 آذر 1405", "2026-11-22"],
        ["۱ آذر", "2026-11-22"],
        ["یکشنبه ۱ آذر ۱۴۰۵", "2026-11-22"],
        // A Yeh of Arabic keyboards
        ["1 دي 1405", "2026-12-22"],
        ["1403/12/30", "2025-03-20"],
        ["70/1/1", "1991-03-21"],
        ["1357/11/22", "1979-02-11"],
        // Gregorian, pasted on purpose
        ["2026/11/22", "2026-11-22"],
        ["2026-11-22", "2026-11-22"],
        ["۲۰۲۶/۱۱/۲۲", "2026-11-22"],
        ["+3d", "2026-11-25"],
        ["+۳d", "2026-11-25"],
        ["today", "2026-11-22"],
    ];
    test("dates are read as people type them", () => {
        for (const [text, expected, format] of TYPED) {
            const date = parseDate(text, format ? { format } : {});
            expect(serializeDate(date)).toBe(expected, { message: text });
        }
    });

    test("times are read with them", () => {
        const read = (text, options) => serializeDateTime(parseDateTime(text, options));
        expect(read("1405/9/1 15:40")).toBe("2026-11-22 12:10:00");
        expect(read("۱۴۰۵/۰۹/۰۱ ۱۵:۴۰:۰۵")).toBe("2026-11-22 12:10:05");
        expect(read("1405/9/1")).toBe("2026-11-21 20:30:00");
        expect(read("1405/9/1 03:40 ب.ظ")).toBe("2026-11-22 12:10:00");
        expect(read("1405/9/1 12:10 ق.ظ")).toBe("2026-11-21 20:40:00");
        expect(read("۱ آذر، ۱۵:۴۰")).toBe("2026-11-22 12:10:00");
        expect(read("2026/11/22 15:40:00")).toBe("2026-11-22 12:10:00");
        expect(read("1405/9/1 15:40", { tz: "utc" })).toBe("2026-11-22 15:40:00");
    });

    test("what is written can be read, in each order of day, month and year", () => {
        const moment = deserializeDateTime("2026-11-22 12:10:05");
        const formats = [
            "yyyy/MM/dd HH:mm:ss",
            "dd/MM/yyyy HH:mm:ss",
            "MM-dd-yy HH:mm:ss",
            "d MMMM yyyy hh:mm:ss a",
            "EEEE d MMMM yyyy HH:mm:ss",
        ];
        for (const format of formats) {
            patchWithCleanup(localization, { dateTimeFormat: format });
            const again = parseDateTime(formatDateTime(moment));
            expect(serializeDateTime(again)).toBe("2026-11-22 12:10:05", { message: format });
        }
    });

    test("days that are not, and years of the Middle Ages, are refused", () => {
        allowTranslations();
        const texts = ["1404/12/30", "1405/7/31", "1405/13/1", "abc", "0932", "32"];
        for (const text of [...texts, "1405/9/1 25:00", "1405/9/1 12:60", "1699-01-01"]) {
            expect(() => parseDate(text)).toThrow(ConversionError, { message: text });
            expect(() => parseDateTime(text)).toThrow(ConversionError, { message: text });
        }
        expect(parseDate("")).toBe(false);
        expect(parseDateTime(false)).toBe(false);
    });

    test("years that the calendar does not know are written as Gregorian", () => {
        const far = DateTime.fromISO("9999-12-31");
        expect(formatDate(far)).toBe("9999/12/31");
        expect(serializeDate(parseDate(formatDate(far)))).toBe("9999-12-31");
        expect(formatDate(DateTime.invalid("no date"))).toBe("Invalid DateTime");
    });
});

test("in other languages nothing changes", () => {
    speakEnglish();
    const moment = deserializeDateTime("2026-11-22 12:10:00");
    expect(formatDate(moment)).toBe("11/22/2026");
    expect(formatDateTime(moment)).toBe("11/22/2026 15:40:00");
    expect(toLocaleDateString(moment)).toBe("Nov 22");
    expect(toLocaleDateTimeString(moment)).toMatch(/^Nov 22, 3:40/);
    expect(moment.toFormat("MMMM yyyy")).toBe("November 2026");
    expect(moment.toLocaleString(DateTime.DATE_MED)).toBe("Nov 22, 2026");
    expect(serializeDate(parseDate("11/22/2026"))).toBe("2026-11-22");
    expect(parseDate("1405-09-01").year).toBe(1405);
});
