import { beforeEach } from "@odoo/hoot";
import { defineParams, patchWithCleanup, serverState } from "@web/../tests/web_test_helpers";
import { localization } from "@web/core/l10n/localization";

const { Settings } = luxon;

const ENGLISH = {
    dateFormat: "MM/dd/yyyy",
    timeFormat: "HH:mm:ss",
    dateTimeFormat: "MM/dd/yyyy HH:mm:ss",
    direction: "ltr",
    weekStart: 7,
};
const PERSIAN = {
    dateFormat: "yyyy/MM/dd",
    timeFormat: "HH:mm:ss",
    dateTimeFormat: "yyyy/MM/dd HH:mm:ss",
    direction: "rtl",
    weekStart: 6,
};

/** Let a test that mounts nothing be that of somebody who reads English. */
export function speakEnglish() {
    patchWithCleanup(localization, ENGLISH);
}

/** Let the tests of a file be those of somebody who reads Persian, by the language's own formats. */
export function speakPersian() {
    defineParams({
        lang: "fa_IR",
        lang_parameters: {
            date_format: "%Y/%m/%d",
            time_format: "%H:%M:%S",
            direction: "rtl",
            week_start: 6,
        },
    });
    beforeEach(() => {
        serverState.lang = "fa-IR";
        Object.assign(Settings, { defaultLocale: "fa-IR", defaultNumberingSystem: "latn" });
        patchWithCleanup(localization, PERSIAN);
    });
}
