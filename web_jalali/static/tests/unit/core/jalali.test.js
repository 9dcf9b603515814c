import { describe, expect, test } from "@odoo/hoot";
import {
    endOf,
    fromJalali,
    isLeap,
    isValidJalali,
    jalaliOf,
    monthLength,
    plus,
    startOf,
    toGregorian,
    toJalali,
    weekNumber,
} from "@web_jalali/core/jalali";

describe.current.tags("headless");

const { DateTime } = luxon;
const zone = "Asia/Tehran";
const DAY = 86400000;

const day = (text) => DateTime.fromISO(text, { zone });

test("leap years are those of the official calendar", () => {
    for (const year of [1399, 1403, 1408, 1412, 1416, 1420, 1424, 1428, 1432, 1436, 1441]) {
        expect(isLeap(year)).toBe(true, { message: `${year}` });
    }
    for (const year of [1400, 1401, 1402, 1404, 1405, 1406, 1407, 1409, 1440]) {
        expect(isLeap(year)).toBe(false, { message: `${year}` });
    }
});

function* daysOf(firstYear, lastYear) {
    for (let year = firstYear; year <= lastYear; year++) {
        for (let month = 1; month <= 12; month++) {
            for (let number = 1; number <= monthLength(year, month); number++) {
                yield [year, month, number];
            }
        }
    }
}

test("the days of 1300 to 1500 follow each other, there and back", () => {
    const wrong = [];
    let days = 0;
    for (const [year, month, number] of daysOf(1300, 1500)) {
        const date = new Date(Date.UTC(1921, 2, 21) + days * DAY);
        const gregorian = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
        const there = toGregorian(year, month, number);
        const back = toJalali(...gregorian);
        const found = [there.year, there.month, there.day, back.year, back.month, back.day];
        if (found.join() !== [...gregorian, year, month, number].join()) {
            wrong.push([year, month, number]);
        }
        days++;
    }
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(days).toBe(73414);
});

test("the browser's own Persian calendar has the same ends of years", () => {
    const shape = { year: "numeric", month: "numeric", day: "numeric", timeZone: "UTC" };
    const browsers = new Intl.DateTimeFormat("en-u-ca-persian", shape);
    for (let year = 1300; year <= 1500; year++) {
        for (const [month, number] of [
            [1, 1],
            [12, monthLength(year, 12)],
        ]) {
            const gregorian = toGregorian(year, month, number);
            const date = new Date(Date.UTC(gregorian.year, gregorian.month - 1, gregorian.day));
            const text = browsers.format(date).replace(/ .*/, "");
            expect(text).toBe(`${month}/${number}/${year}`, { message: `${year}` });
        }
    }
});

test("days that are and days that are not", () => {
    expect(toGregorian(1399, 12, 30)).toEqual({ year: 2021, month: 3, day: 20 });
    expect(toGregorian(1403, 12, 30)).toEqual({ year: 2025, month: 3, day: 20 });
    expect(toGregorian(1408, 12, 30)).toEqual({ year: 2030, month: 3, day: 20 });
    expect(isValidJalali(1403, 12, 30)).toBe(true);
    expect(isValidJalali(1404, 12, 30)).toBe(false);
    expect(isValidJalali(1400, 12, 30)).toBe(false);
    expect(isValidJalali(1405, 7, 31)).toBe(false);
    expect(isValidJalali(1405, 13, 1)).toBe(false);
    expect(isValidJalali(1405, 0, 1)).toBe(false);
    expect(isValidJalali(2026, 1, 1)).toBe(false);
});

test("months, quarters and years begin and end", () => {
    const date = day("2026-11-22T15:40"); // 1 Azar 1405
    expect(startOf(date, "month").toISODate()).toBe("2026-11-22");
    expect(endOf(date, "month").toISODate()).toBe("2026-12-21");
    expect(startOf(date, "quarter").toISODate()).toBe("2026-09-23");
    expect(endOf(date, "quarter").toISODate()).toBe("2026-12-21");
    expect(startOf(date, "year").toISODate()).toBe("2026-03-21");
    expect(endOf(date, "year").toISO()).toBe("2027-03-20T23:59:59.999+03:30");
});

test("months are added without leaving them, and time stays", () => {
    const from = (year, month, number) => fromJalali(year, month, number, { zone, hour: 9 });
    const added = (date, duration) => {
        const { year, month, day: number } = jalaliOf(plus(date, duration));
        return `${year}/${month}/${number} ${plus(date, duration).hour}`;
    };
    expect(added(from(1405, 6, 31), { months: 1 })).toBe("1405/7/30 9");
    expect(added(from(1405, 1, 1), { months: -1 })).toBe("1404/12/1 9");
    expect(added(from(1403, 12, 30), { years: 1 })).toBe("1404/12/29 9");
    expect(added(from(1405, 11, 30), { months: 1 })).toBe("1405/12/29 9");
    expect(added(from(1405, 5, 12), { years: -10, months: 13 })).toBe("1396/6/12 9");
});

test("a day starts even where clocks have skipped its midnight", () => {
    expect(fromJalali(1400, 1, 2, { zone }).toISO()).toBe("2021-03-22T01:00:00.000+04:30");
    expect(fromJalali(1405, 1, 2, { zone }).toISO()).toBe("2026-03-22T00:00:00.000+03:30");
});

test("the year turns at midnight in Tehran", () => {
    const yearAt = (text) => jalaliOf(DateTime.fromISO(text, { zone })).year;
    expect(yearAt("2026-03-20T20:29:59Z")).toBe(1404);
    expect(yearAt("2026-03-20T20:30:00Z")).toBe(1405);
    expect(jalaliOf(DateTime.fromISO("2026-03-20T20:30:00Z", { zone: "utc" })).year).toBe(1404);
});

test("the week of 1 Farvardin is the first one", () => {
    // 1 Farvardin 1405 is a Saturday, that of 1404 a Friday
    expect(weekNumber(day("2026-03-20"))).toBe(53);
    expect(weekNumber(day("2026-03-21"))).toBe(1);
    expect(weekNumber(day("2026-03-27"))).toBe(1);
    expect(weekNumber(day("2026-03-28"))).toBe(2);
    expect(weekNumber(day("2025-03-20"))).toBe(1);
    expect(weekNumber(day("2025-03-22"))).toBe(2);
    expect(weekNumber(day("2026-03-22"), 7)).toBe(2);
});
