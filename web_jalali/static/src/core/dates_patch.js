/**
 * Dates that people read and type, for everything that formats them by `@web/core/l10n/dates`.
 *
 * What goes to the server (`serializeDate`, `serializeDateTime`) is not touched.
 */
import { isJalali } from "./jalali";
import {
    FIRST_GREGORIAN_YEAR,
    format,
    formatNaturally,
    latinDigits,
    parse,
    persianDigits,
} from "./jalali_text";
import { patchModule } from "./module_patch";
import { parseSmartDate } from "./smart_dates";

const { DateTime } = luxon;

const withoutQuoted = (pattern) => pattern.replace(/'[^']*'/g, "");
// A year first and dashes or nothing between: for machines, whatever the language is.
const isForMachines = (pattern) => /^y+-?[ML]+-?d+/.test(pattern);
const hasDate = (pattern) => /[yMLdoqWDfF]/.test(withoutQuoted(pattern));

/** Whether this person's date in this format is a Jalali one; without a format, it is. */
function concerns(pattern) {
    return isJalali() && (!pattern || (hasDate(pattern) && !isForMachines(pattern)));
}

function formatLocalParts(date, { showDate = true, showTime = true, showSeconds = false }) {
    const time = format(date, showSeconds ? "HH:mm:ss" : "HH:mm");
    const parts = [showDate && formatNaturally(date), showTime && time];
    return parts.filter(Boolean).join("، ");
}

patchModule("@web/core/l10n/dates", (original, require) => {
    const { localization } = require("@web/core/l10n/localization");
    const { appTranslateFn } = require("@web/core/l10n/translation");

    /**
     * @param {string} value
     * @param {Object} options as Odoo's
     * @param {string} pattern by whose order of day, month and year it is read
     * @param {(value: string, options: Object) => luxon.DateTime} parseOther for a Gregorian date
     *  that is meant as such, and for "+3d"
     * @returns {luxon.DateTime}
     */
    function parseJalali(value, options, pattern, parseOther) {
        const zone = options.tz || "default";
        let date = parse(value, { zone, pattern });
        if (date === false) {
            date = parseSmartDate(latinDigits(value));
        }
        if (date === false) {
            date = parseOther(latinDigits(value), options);
        }
        // A year like 1405 would be one of the Middle Ages: better no date than a wrong one.
        if (!date || date.year < FIRST_GREGORIAN_YEAR) {
            // The words that Odoo itself has for it, translated there
            const message = "'%s' is not a correct date or datetime";
            throw new original.ConversionError(appTranslateFn(message, "web", value));
        }
        return date;
    }

    return {
        formatDate(value, options = {}) {
            if (!value || !concerns(options.format)) {
                return original.formatDate(value, options);
            }
            return format(value, options.format || localization.dateFormat);
        },

        formatDateTime(value, options = {}) {
            if (!value || !concerns(options.format)) {
                return original.formatDateTime(value, options);
            }
            const pattern = options.format || localization.dateTimeFormat;
            return format(value.setZone(options.tz || "default"), pattern);
        },

        toLocaleDateString(value) {
            return value && isJalali()
                ? formatNaturally(value)
                : original.toLocaleDateString(value);
        },

        toLocaleDateTimeString(value, options) {
            if (!value || !isJalali()) {
                return original.toLocaleDateTimeString(value, options);
            }
            return formatLocalParts(value.setZone(options?.tz || "default"), options || {});
        },

        parseDate(value, options = {}) {
            if (!value || !concerns(options.format)) {
                return original.parseDate(value, options);
            }
            const pattern = options.format || localization.dateFormat;
            return parseJalali(value, options, pattern, original.parseDate).startOf("day");
        },

        parseDateTime(value, options = {}) {
            if (!value || !concerns(options.format)) {
                return original.parseDateTime(value, options);
            }
            const pattern = options.format || localization.dateTimeFormat;
            return parseJalali(value, options, pattern, original.parseDateTime);
        },
    };
});

const { toFormat, toLocaleString } = DateTime.prototype;

// Whether this text is for the person whose calendar it is, and not asked in another language.
const speaksPersian = (date, options) => isJalali() && (options?.locale || date.locale) === "fa-IR";

Object.assign(DateTime.prototype, {
    /**
     * Formats with a month's name are for people, and luxon would put it beside a Gregorian day.
     *
     * @override
     */
    toFormat(pattern, options) {
        const isForPeople = speaksPersian(this, options) && /MMM|LLL|[DfF]/.test(pattern);
        if (isForPeople && /MMM|LLL|[DfF]/.test(withoutQuoted(pattern))) {
            return format(this, pattern);
        }
        return toFormat.call(this, pattern, options);
    },

    /**
     * The browser's Persian is Jalali already; the digits are Odoo's choice, and Latin.
     *
     * @override
     */
    toLocaleString(shape, options) {
        const text = toLocaleString.call(this, shape, options);
        return speaksPersian(this, options) ? persianDigits(text) : text;
    },
});
