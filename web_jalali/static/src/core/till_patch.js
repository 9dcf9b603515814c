/**
 * Dates on the till's screens and receipts.
 *
 * Nothing of the till is imported: this addon does without it, and waits for it in vain elsewhere.
 */
import { patch } from "@web/core/utils/patch";
import { isJalali } from "./jalali";
import { format, persianDigits } from "./jalali_text";
import { assertFunctions, patchModule } from "./module_patch";

const { DateTime } = luxon;

patchModule("@point_of_sale/app/models/related_models/base", ({ Base }) => {
    assertFunctions("Base of the till's models", Base.prototype, ["formatDateOrTime"]);
    patch(Base.prototype, {
        /** @override */
        formatDateOrTime(field, type = "datetime") {
            const date = this[field];
            if (!isJalali() || !date) {
                return super.formatDateOrTime(field, type);
            }
            return format(date, type === "date" ? "yyyy/MM/dd" : "yyyy/MM/dd HH:mm");
        },
    });
    return {};
});

/** The clock of the till: Odoo lists day, month and year with commas between. */
patchModule("@point_of_sale/app/hooks/time_hook", ({ useTime }) => ({
    useTime() {
        const state = useTime();
        if (!isJalali()) {
            return state;
        }
        return {
            get hours() {
                return persianDigits(state.hours);
            },
            get day() {
                return state.day;
            },
            get date() {
                // Read for its change, at which the screen is drawn again.
                return state.date && format(DateTime.now(), "d MMMM yyyy");
            },
        };
    },
}));
