import { beforeEach, expect, test } from "@odoo/hoot";
import { queryAllAttributes, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame, mockDate, mockTimeZone } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    preloadBundle,
} from "@web/../tests/web_test_helpers";
import { deserializeDate } from "@web/core/l10n/dates";
import { getFormattedDateSpan } from "@web/views/calendar/utils";
import { speakPersian } from "../persian_test_helpers";

class Visit extends models.Model {
    _name = "visit";

    name = fields.Char();
    day = fields.Date();

    _records = [
        { id: 1, name: "Yalda", day: "2026-12-21" },
        { id: 2, name: "Nowruz", day: "2026-03-21" },
    ];
    _views = {
        calendar: `<calendar date_start="day" mode="month"><field name="name"/></calendar>`,
        "calendar,year": `<calendar date_start="day" mode="year"><field name="name"/></calendar>`,
    };

    has_access() {
        return true;
    }
}

defineMailModels();
defineModels([Visit]);
preloadBundle("web.fullcalendar_lib");
speakPersian();

beforeEach(() => {
    mockTimeZone("Asia/Tehran");
    mockDate("2026-11-22 12:10:00", "Asia/Tehran"); // 1 Azar 1405
});

const header = () => queryAllTexts(".o_calendar_header h5")[0] || "";
const dates = () => queryAllAttributes(".o_calendar_widget .fc-daygrid-day", "data-date");

test("a month is a Jalali one, in weeks from Saturday to Friday", async () => {
    await mountView({ type: "calendar", resModel: "visit" });
    expect(".fc-daygrid-day:not(.fc-day-other)").toHaveCount(30);
    expect(dates()[0]).toBe("2026-11-21");
    expect(dates().at(-1)).toBe("2026-12-25");
    expect(".fc-day-today .fc-daygrid-day-number").toHaveText("۱ آذر");
    expect(queryAllTexts(".fc-col-header-cell")[0]).toBe("شنبه");
    expect(".fc-event:contains(Yalda)").toHaveCount(1);
    expect(header()).toMatch(/آذر ۱۴۰۵/);
});

test("the next month and the one before are Jalali ones", async () => {
    await mountView({ type: "calendar", resModel: "visit" });
    await contains(".o_calendar_button_next").click();
    expect(header()).toMatch(/دی ۱۴۰۵/);
    await contains(".o_calendar_button_prev").click();
    await contains(".o_calendar_button_prev").click();
    await animationFrame();
    expect(header()).toMatch(/آبان ۱۴۰۵/);
    expect(".fc-daygrid-day:not(.fc-day-other)").toHaveCount(30);
});

test("a year has the twelve Jalali months", async () => {
    await mountView({ type: "calendar", resModel: "visit", viewId: "year" });
    const titles = queryAllTexts(".fc-toolbar-title");
    expect(titles).toHaveLength(12);
    expect([titles[0], titles[11]]).toEqual(["فروردین ۱۴۰۵", "اسفند ۱۴۰۵"]);
    expect(".fc-daygrid-day:not(.o_jalali_outside)").toHaveCount(365);
});

test("the days of an event say what they have in common once", () => {
    const span = (start, end) => getFormattedDateSpan(deserializeDate(start), deserializeDate(end));
    expect(span("2026-11-22", "2026-11-22")).toBe("۱ آذر ۱۴۰۵");
    expect(span("2026-11-22", "2026-11-24")).toBe("۱ - ۳ آذر ۱۴۰۵");
    expect(span("2026-11-22", "2026-12-22")).toBe("۱ آذر - ۱ دی ۱۴۰۵");
    expect(span("2026-03-20", "2026-03-21")).toBe("۲۹ اسفند ۱۴۰۴ - ۱ فروردین ۱۴۰۵");
});
