import { beforeEach, expect, test } from "@odoo/hoot";
import { click, queryAllTexts, queryAll } from "@odoo/hoot-dom";
import { animationFrame, mockDate, mockTimeZone } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";
import { DateTimePicker } from "@web/core/datetime/datetime_picker";
import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { fromJalali } from "@web_jalali/core/jalali";
import { speakPersian } from "../persian_test_helpers";

defineMailModels();
speakPersian();

beforeEach(() => {
    mockTimeZone("Asia/Tehran");
    mockDate("2026-11-22 12:10:00", "Asia/Tehran"); // 1 Azar 1405
});

const title = () => queryAllTexts(".o_datetime_picker_header .o_header_part").join(" ");
const daysOfMonth = () => queryAllTexts(".o_date_item_cell:not(.o_out_of_range)");

async function mountPicker(props = {}) {
    await mountWithCleanup(DateTimePicker, {
        props: {
            type: "date",
            value: deserializeDate("2026-11-22"),
            onSelect: (value) => expect.step(serializeDate(value)),
            ...props,
        },
    });
}

async function press(selector) {
    await click(selector);
    await animationFrame();
}

test("a month has its days, and weeks start on Saturday", async () => {
    await mountPicker();
    expect(title()).toBe("آذر ۱۴۰۵");
    expect(daysOfMonth()).toHaveLength(30);
    expect(queryAllTexts(".o_day_of_week_cell:not(:empty)").slice(-7)).toEqual([
        "ش",
        "ی",
        "د",
        "س",
        "چ",
        "پ",
        "ج",
    ]);
    expect(".o_selected").toHaveText("۱");
    expect(".o_today").toHaveText("۱");
    const weeks = queryAllTexts(".o_week_number_cell");
    expect(new Set(weeks).size).toBe(6);
    expect(weeks[0]).toBe("۳۶");
});

test("the chosen day is the Gregorian one", async () => {
    await mountPicker();
    await press(".o_date_item_cell:not(.o_out_of_range):contains(/^۱۰$/)");
    expect.verifySteps(["2026-12-01"]);
});

test("months have 31, 30, 29, and in leap years 30 days", async () => {
    for (const [year, month, length] of [
        [1405, 1, 31],
        [1405, 7, 30],
        [1404, 12, 29],
        [1403, 12, 30],
    ]) {
        const [first] = [fromJalali(year, month, 1)];
        await mountPicker({ value: first });
        expect(daysOfMonth().length).toBe(length, { message: `${year}/${month}` });
        document.querySelector(".o_datetime_picker").remove();
    }
});

test("before Farvardin comes Esfand of the year before, and back", async () => {
    await mountPicker({ value: deserializeDate("2026-04-05") });
    expect(title()).toBe("فروردین ۱۴۰۵");
    await press(".o_previous");
    expect(title()).toBe("اسفند ۱۴۰۴");
    await press(".o_next");
    await press(".o_next");
    expect(title()).toBe("اردیبهشت ۱۴۰۵");
});

test("years, decades and centuries are Jalali ones", async () => {
    await mountPicker();
    await press(".o_zoom_out");
    expect(title()).toBe("۱۴۰۵");
    expect(queryAllTexts(".o_date_item_cell")[0]).toBe("فروردین");
    expect(queryAll(".o_date_item_cell")).toHaveLength(12);
    await press(".o_zoom_out");
    expect(title()).toBe("۱۳۹۹ - ۱۴۱۰");
    await press(".o_zoom_out");
    expect(title()).toBe("۱۳۹۰ - ۱۵۰۰");
    await press(".o_previous");
    expect(title()).toBe("۱۲۹۰ - ۱۴۰۰");
    await press(".o_date_item_cell:contains(۱۳۵۰)");
    expect(title()).toBe("۱۳۴۹ - ۱۳۶۰");
    await press(".o_date_item_cell:contains(۱۳۵۷)");
    await press(".o_date_item_cell:contains(بهمن)");
    expect(title()).toBe("بهمن ۱۳۵۷");
    await press(".o_date_item_cell:not(.o_out_of_range):contains(/^۲۲$/)");
    expect.verifySteps(["1979-02-11"]);
});

test("days outside of the limits cannot be chosen", async () => {
    await mountPicker({
        minDate: deserializeDate("2026-11-22"),
        maxDate: deserializeDate("2026-11-24"),
    });
    const valid = queryAll(".o_date_item_cell:not([disabled]):not(.o_out_of_range)");
    expect(valid.map((cell) => cell.textContent)).toEqual(["۱", "۲", "۳"]);
});
