/**
 * Write the dates of a list, with web_jalali or without: `node jalali_dates.mjs WEB JALALI|-`.
 *
 * WEB and JALALI are the folders static/src of both addons. It prints the seconds that ten thousand
 * dates and moments took, by language, as JSON.
 */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { pathToFileURL, URL } from "node:url";
import vm from "node:vm";

const [web, jalali] = process.argv.slice(2);
const ROWS = 10000;
const ROUNDS = 3;
const DATES = "@web/core/l10n/dates";
// What Odoo's modules want of pages, for which there is none here
const TRANSLATION = "data:text/javascript,export const _t=(t)=>t;export const appTranslateFn=_t;";

registerHooks({
    resolve(name, context, next) {
        if (name === "@web/core/l10n/translation") {
            return { url: TRANSLATION, shortCircuit: true };
        }
        if (name.startsWith("@web/")) {
            const url = pathToFileURL(`${web}/${name.slice("@web/".length)}.js`).href;
            return { url, format: "module", shortCircuit: true };
        }
        if (name.startsWith(".")) {
            const url = new URL(`${name}.js`, context.parentURL).href;
            return { url, format: "module", shortCircuit: true };
        }
        return next(name, context);
    },
});

async function loadDates() {
    vm.runInThisContext(
        `${readFileSync(`${web}/../lib/luxon/luxon.js`)};globalThis.luxon = luxon;`
    );
    const dates = { ...(await import(DATES)) };
    const { localization } = await import("@web/core/l10n/localization");
    Object.assign(localization, { dateFormat: "yyyy/MM/dd", timeFormat: "HH:mm:ss" });
    const others = ["@web/core/l10n/localization", "@web/core/l10n/translation"];
    const modules = new Map([[DATES, dates]]);
    for (const name of others) {
        modules.set(name, await import(name));
    }
    globalThis.odoo = { loader: { modules, bus: new globalThis.EventTarget() } };
    if (jalali !== "-") {
        await import(pathToFileURL(`${jalali}/core/dates_patch.js`).href);
    }
    return dates;
}

function write(dates, values) {
    const start = performance.now();
    let length = 0;
    for (const value of values) {
        length += dates.toLocaleDateString(value).length;
        length += dates.toLocaleDateTimeString(value).length;
        length += dates.formatDate(value).length;
    }
    if (!length) {
        throw new Error("nothing was written");
    }
    return (performance.now() - start) / 1000;
}

const dates = await loadDates();
const { DateTime, Settings } = globalThis.luxon;
Settings.defaultNumberingSystem = "latn";
Settings.defaultZone = "Asia/Tehran";
const seconds = {};
for (const locale of ["en-US", "fa-IR"]) {
    Settings.defaultLocale = locale;
    const values = [...Array(ROWS).keys()].map((index) =>
        DateTime.fromMillis(1.6e12 + index * 31557600)
    );
    const times = [...Array(ROUNDS)].map(() => write(dates, values));
    seconds[locale] = Math.min(...times);
}
process.stdout.write(JSON.stringify(seconds));
