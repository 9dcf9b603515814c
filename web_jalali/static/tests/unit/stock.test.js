/**
 * Odoo's own tests of what is replaced here, once more with the replacements and in English.
 *
 * Odoo runs the tests of an addon with nothing but what this addon depends on: those of `web`
 * never see us. Here they do.
 */
import { describe } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

const SUITES = [
    "core/l10n/dates",
    "core/l10n/time",
    "search/search_utils",
    "views/fields/formatters",
    "views/fields/parsers",
];
// With whole views come the services of mail, and they ask for its models. Of `calendar_view` a test
// has users of its own, which those models refuse: the parts that are patched here are tested.
const SUITES_OF_VIEWS = [
    "search/search_bar_menu/filter_menu",
    "views/calendar/calendar_common_renderer",
    "views/calendar/calendar_date_picker",
    "views/calendar/calendar_year_renderer",
];

for (const suite of [...SUITES, ...SUITES_OF_VIEWS]) {
    describe(suite, () => {
        if (SUITES_OF_VIEWS.includes(suite)) {
            defineMailModels();
        }
        odoo.loader.startModule(`@web/../tests/${suite}.test`);
    });
}
