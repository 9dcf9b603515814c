/**
 * Persian and Arabic digits in numbers that people type, in every language.
 *
 * Else an amount typed as "۱۲۳" would silently be 0, and other numbers would be refused.
 */
import { latinDigits } from "./jalali_text";
import { patchModule } from "./module_patch";

const PARSERS = [
    "parseFloat",
    "parseFloatTime",
    "parseInteger",
    "parseMonetary",
    "parsePercentage",
];

const isForeign = (text) => /[۰-۹٠-٩٫٬٪]/.test(text);

/** The text with Latin digits and the separators of the person's language. */
function cleaned(text, { decimalPoint, thousandsSep }) {
    return latinDigits(text)
        .replace(/٫/g, decimalPoint)
        .replace(/٬/g, thousandsSep || "")
        .replace(/٪/g, "%");
}

patchModule("@web/views/fields/parsers", (original, require) => {
    const { localization } = require("@web/core/l10n/localization");
    const parsers = require("@web/core/registry").registry.category("parsers");
    const replacements = {};
    for (const name of PARSERS) {
        const parse = original[name];
        replacements[name] = (value, ...rest) => {
            const isText = typeof value === "string" && isForeign(value);
            return parse(isText ? cleaned(value, localization) : value, ...rest);
        };
        for (const [key, parser] of parsers.getEntries()) {
            if (parser === parse) {
                parsers.add(key, replacements[name], { force: true });
            }
        }
    }
    return replacements;
});
