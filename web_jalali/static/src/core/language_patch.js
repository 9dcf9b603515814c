/**
 * Pages that don't say in which language they are (the web client, the till, the portal) say that
 * they are in Persian: for screen readers and hyphenation, and for rules of style.
 */
import { isJalali } from "./jalali";
import { patchModule } from "./module_patch";

patchModule("@web/core/l10n/localization_service", ({ localizationService }) => {
    const { start } = localizationService;
    localizationService.start = async (...args) => {
        const localization = await start(...args);
        const page = document.documentElement;
        if (isJalali() && !page.lang) {
            page.lang = "fa-IR";
        }
        return localization;
    };
    return {};
});
