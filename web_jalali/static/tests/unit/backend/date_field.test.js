import { beforeEach, expect, test } from "@odoo/hoot";
import { click, edit, queryOne } from "@odoo/hoot-dom";
import { animationFrame, mockDate, mockTimeZone } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    clickSave,
    contains,
    defineModels,
    fieldInput,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { speakPersian } from "../persian_test_helpers";

class Visit extends models.Model {
    _name = "visit";

    day = fields.Date();
    moment = fields.Datetime();
    amount = fields.Float();

    _records = [{ id: 1, day: "2026-11-22", moment: "2026-03-20 20:30:00", amount: 5 }];
    _views = {
        form: `<form><field name="day"/><field name="moment"/><field name="amount"/></form>`,
        list: `<list><field name="day"/><field name="moment"/></list>`,
    };
}

defineMailModels();
defineModels([Visit]);
speakPersian();

beforeEach(() => {
    mockTimeZone("Asia/Tehran");
    mockDate("2026-11-22 12:10:00", "Asia/Tehran"); // 1 Azar 1405
    onRpc("web_save", ({ args }) => expect.step(args[1]));
});

async function typeDay(text) {
    await click(".o_field_date button, .o_field_date input");
    await animationFrame();
    await click(".o_field_date input");
    await edit(text, { confirm: "blur" });
    await animationFrame();
}

test("a list writes dates as people say them", async () => {
    await mountView({ type: "list", resModel: "visit" });
    expect(".o_data_cell[name=day]").toHaveText("۱ آذر");
    expect(".o_data_cell[name=moment]").toHaveText("۱ فروردین، ۰۰:۰۰");
});

test("a date from the picker is saved as the Gregorian one", async () => {
    await mountView({ type: "form", resModel: "visit", resId: 1 });
    await contains(".o_field_date button").click();
    expect(".o_datetime_picker .o_header_part").toHaveText("آذر ۱۴۰۵");
    await contains(".o_date_item_cell:not(.o_out_of_range):contains(/^۳۰$/)").click();
    await clickSave();
    expect.verifySteps([{ day: "2026-12-21" }]);
});

test("a typed date is saved as the Gregorian one, one that is not is put back", async () => {
    await mountView({ type: "form", resModel: "visit", resId: 1 });
    await typeDay("۱۴۰۳/۱۲/۳۰");
    await clickSave();
    expect.verifySteps([{ day: "2025-03-20" }]);
    await typeDay("1404/12/30");
    await contains(".o_field_date button, .o_field_date input").click();
    expect(queryOne(".o_field_date input").value).toBe("۱۴۰۳/۱۲/۳۰");
});

test("a number is typed in Persian digits", async () => {
    await mountView({ type: "form", resModel: "visit", resId: 1 });
    await fieldInput("amount").edit("۱۲٬۳۴۵");
    await clickSave();
    expect.verifySteps([{ amount: 12345 }]);
});
