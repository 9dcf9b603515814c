import { barcodeService } from "@barcodes/barcode_service";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";
import { keyOf, readCode } from "@loyalty_club/core/typed";

const WRITTEN_IN = 'input,textarea,[contenteditable="true"]';
const SCANNED_IN = '[data-enable-barcode],[barcode_events="true"]';

/** Whether the event only presses a key: nobody writes a text with it. */
function isBareKey({ target }) {
    return !target?.matches?.(WRITTEN_IN) || target.matches(SCANNED_IN);
}

/**
 * Scanners type, and so does who counts: with the keyboard set to Persian they would type ۱ for 1
 * and ش for a. Whoever listens to keys (barcodes, numbers) hears what stands on the key.
 *
 * @param {KeyboardEvent} event
 */
export function hearKey(event) {
    const key = isBareKey(event) ? keyOf(event) : event.key;
    if (key !== event.key) {
        Object.defineProperty(event, "key", { value: key });
    }
}

// Some devices hand the whole code over as a text.
patch(barcodeService, {
    /** @override */
    cleanBarcode() {
        return readCode(super.cleanBarcode(...arguments));
    },
});

export const persianKeysService = {
    start() {
        for (const name of ["keydown", "keyup"]) {
            window.addEventListener(name, hearKey, { capture: true });
        }
    },
};

registry.category("services").add("club_persian_keys", persianKeysService);
