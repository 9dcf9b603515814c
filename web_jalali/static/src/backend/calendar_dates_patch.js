/** The days of an event as a calendar's popover writes them: "28 Azar - 2 Dey 1405". */
import { isJalali, jalaliOf } from "../core/jalali";
import { format } from "../core/jalali_text";
import { patchModule } from "../core/module_patch";

/** How the first day is written, without what it has in common with the last one. */
function patternOfStart(start, end) {
    const [one, other] = [jalaliOf(start), jalaliOf(end)];
    if (one.year !== other.year) {
        return "d MMMM yyyy";
    }
    return one.month === other.month ? "d" : "d MMMM";
}

patchModule("@web/views/calendar/utils", ({ getFormattedDateSpan }) => ({
    getFormattedDateSpan(start, end) {
        if (!isJalali()) {
            return getFormattedDateSpan(start, end);
        }
        const last = format(end, "d MMMM yyyy");
        if (start.hasSame(end, "day")) {
            return last;
        }
        return `${format(start, patternOfStart(start, end))} - ${last}`;
    },
}));
