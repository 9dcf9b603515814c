import { describe, expect, test } from "@odoo/hoot";
import { barcodeService } from "@barcodes/barcode_service";
import { hearKey } from "@loyalty_club/pos/services/persian_keys";

function heard(init, target = document.createElement("div")) {
    const event = new KeyboardEvent("keydown", init);
    Object.defineProperty(event, "target", { value: target });
    hearKey(event);
    return event.key;
}

describe("keys of a keyboard that is set to Persian", () => {
    test("scanners and numbers are heard as they are meant", () => {
        expect(heard({ key: "۷", code: "Digit7" })).toBe("7");
        expect(heard({ key: "ز", code: "KeyC" })).toBe("c");
        expect(heard({ key: "Enter", code: "Enter" })).toBe("Enter");
    });

    test("who writes a text writes it", () => {
        expect(heard({ key: "ز", code: "KeyC" }, document.createElement("input"))).toBe("ز");
        const scanned = document.createElement("input");
        scanned.dataset.enableBarcode = "true";
        expect(heard({ key: "ز", code: "KeyC" }, scanned)).toBe("c");
    });

    test("a code that comes as a text is read as well", () => {
        expect(barcodeService.cleanBarcode("Shift۰۴۲")).toBe("042");
    });
});
