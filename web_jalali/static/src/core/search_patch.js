/**
 * Persian in what is searched in the browser, in every language: letters of Arabic keyboards,
 * digits, and words with a zero-width non-joiner where others write a space or nothing.
 */
import { foldLetters, latinDigits } from "./jalali_text";
import { patchModule } from "./module_patch";

patchModule("@web/core/l10n/utils", ({ normalize }) => ({
    normalize: (text) => normalize(foldLetters(latinDigits(text)).replace(/\u200c/g, "")),
}));
