import { registry } from "@web/core/registry";

const FIELD = ".o_field_widget[name=name]";

/** Open the picker of a date, see its month, then type another day and save. */
function typeDay(month, text) {
    return [
        { content: "open the picker", trigger: `${FIELD} button, ${FIELD} input`, run: "click" },
        {
            content: "see the month",
            trigger: `.o_datetime_picker .o_header_part:contains(${month})`,
        },
        { content: "type a day", trigger: `${FIELD} input`, run: `edit ${text}` },
        {
            content: "leave the field",
            trigger: ".o_form_view .o_field_widget[name=company_rate] input",
            run: "click",
        },
        { content: "save", trigger: ".o_form_button_save", run: "click" },
        { content: "see it saved", trigger: ".o_form_saved" },
    ];
}

registry.category("web_tour.tours").add("WebJalaliPersian", {
    steps: () => typeDay("آذر ۱۴۰۵", "۱۴۰۳/۱۲/۳۰"),
});

registry.category("web_tour.tours").add("WebJalaliEnglish", {
    steps: () => typeDay("November 2026", "12/30/2026"),
});
