import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { mockDate, mockTimeZone } from "@odoo/hoot-mock";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { constructDateDomain, getPeriodOptions } from "@web/search/utils/dates";
import { speakEnglish, speakPersian } from "../persian_test_helpers";

describe.current.tags("headless");

const { DateTime } = luxon;
const optionsParams = {
    startYear: -2,
    endYear: 0,
    startMonth: -2,
    endMonth: 0,
    customOptions: [],
};

beforeEach(() => {
    mockTimeZone("Asia/Tehran");
    mockDate("2026-11-22 12:10:00", "Asia/Tehran"); // 1 Azar 1405
});

function filter(selected, fieldType = "date", params = {}) {
    const searchItem = {
        fieldName: "day",
        fieldType,
        domain: "[]",
        optionsParams: { ...optionsParams, ...params },
    };
    const { domain, description } = constructDateDomain(DateTime.local(), searchItem, selected);
    return { domain: domain.toList(), description };
}

describe("in Persian", () => {
    speakPersian();

    test("there are the last months, the seasons and the last years, under Odoo's names", () => {
        const options = getPeriodOptions(DateTime.local(), optionsParams);
        expect(options.map(({ id, description }) => [id, description])).toEqual([
            ["month", "آذر"],
            ["month-1", "آبان"],
            ["month-2", "مهر"],
            ["fourth_quarter", "زمستان"],
            ["third_quarter", "پاییز"],
            ["second_quarter", "تابستان"],
            ["first_quarter", "بهار"],
            ["year", "۱۴۰۵"],
            ["year-1", "۱۴۰۴"],
            ["year-2", "۱۴۰۳"],
        ]);
        expect(new Set(options.map(({ defaultYearId }) => defaultYearId))).toEqual(
            new Set(["year", undefined])
        );
    });

    test("in Farvardin the month before is of the year before", () => {
        mockDate("2026-03-25 12:00:00", "Asia/Tehran"); // 5 Farvardin 1405
        const options = getPeriodOptions(DateTime.local(), optionsParams);
        expect(
            options.slice(0, 2).map((option) => [option.description, option.defaultYearId])
        ).toEqual([
            ["فروردین", "year"],
            ["اسفند", "year-1"],
        ]);
        expect(filter(["month-1", "year-1"])).toEqual({
            domain: ["&", ["day", ">=", "2026-02-20"], ["day", "<=", "2026-03-20"]],
            description: "اسفند ۱۴۰۴",
        });
    });

    test("months, seasons and years have their exact ranges", () => {
        expect(filter(["month", "year"])).toEqual({
            domain: ["&", ["day", ">=", "2026-11-22"], ["day", "<=", "2026-12-21"]],
            description: "آذر ۱۴۰۵",
        });
        expect(filter(["third_quarter", "year"])).toEqual({
            domain: ["&", ["day", ">=", "2026-09-23"], ["day", "<=", "2026-12-21"]],
            description: "پاییز ۱۴۰۵",
        });
        expect(filter(["year-2"])).toEqual({
            domain: ["&", ["day", ">=", "2024-03-20"], ["day", "<=", "2025-03-20"]],
            description: "۱۴۰۳",
        });
    });

    test("moments are asked for in UTC", () => {
        expect(filter(["year-1"], "datetime").domain).toEqual([
            "&",
            ["day", ">=", "2025-03-20 20:30:00"],
            ["day", "<=", "2026-03-20 20:29:59"],
        ]);
    });

    test("several are joined, older ones first", () => {
        const { description, domain } = filter(["month", "month-2", "year", "year-1"]);
        expect(description).toBe("مهر ۱۴۰۴/آذر ۱۴۰۴/مهر ۱۴۰۵/آذر ۱۴۰۵");
        expect(domain.filter((part) => part === "|")).toHaveLength(3);
    });

    test("filters of a view's own keep their domain", () => {
        const custom = { id: "custom_late", description: "Late", domain: "[('late', '=', True)]" };
        const { description, domain } = filter(["custom_late"], "date", {
            customOptions: [custom],
        });
        expect(description).toBe("Late");
        expect(domain).toEqual([["late", "=", true]]);
    });
});

test("in other languages nothing changes", () => {
    allowTranslations();
    speakEnglish();
    expect(filter(["month", "year"])).toEqual({
        domain: ["&", ["day", ">=", "2026-11-01"], ["day", "<=", "2026-11-30"]],
        description: "November 2026",
    });
    expect(filter(["fourth_quarter", "year"]).description).toBe("Q4 2026");
});
