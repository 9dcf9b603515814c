import { describe, expect, test } from "@odoo/hoot";
import { keyOf, latinDigits, readCode, readIdentity } from "@loyalty_club/core/typed";

describe("what is typed on a Persian keyboard", () => {
    test("digits of all scripts are digits", () => {
        expect(latinDigits("۰۹۱۲ ٣٤٥ 67")).toBe("0912 345 67");
        expect(latinDigits(undefined)).toBe("");
    });

    test("a code is read as it stands on the card", () => {
        expect(readCode(" ۱۲۳\u200c")).toBe("123");
        expect(readCode("مز۰۰۰۰۰۰۰۱۳")).toBe("lc000000013");
        expect(readCode("شلاپ۱۲")).toBe("aghm12");
        expect(readCode("PLASTIC-0042")).toBe("PLASTIC-0042");
        expect(readCode("۱۲٫۵")).toBe("12.5");
    });

    test("what cannot be a code stays what it is", () => {
        expect(readCode("日本۱")).toBe("日本1");
        expect(readCode("")).toBe("");
    });

    test("somebody's name stays a name, a code among digits does not", () => {
        expect(readIdentity("سارا احمدی")).toBe("سارا احمدی");
        expect(readIdentity("۰۹۱۲ ۱۲۳ ۴۵۶۷")).toBe("0912 123 4567");
        expect(readIdentity("مز۰۰۰۰۰۰۰۱۳")).toBe("lc000000013");
    });

    test("a key is what stands on it", () => {
        expect(keyOf({ key: "ش", code: "KeyA" })).toBe("a");
        expect(keyOf({ key: "ؤ", code: "KeyA", shiftKey: true })).toBe("A");
        expect(keyOf({ key: "۵", code: "Digit5" })).toBe("5");
        expect(keyOf({ key: "٫", code: "Digit3", shiftKey: true })).toBe(".");
        expect(keyOf({ key: "ک", code: "Semicolon" })).toBe(";");
        expect(keyOf({ key: "ل", code: "" })).toBe("g");
        expect(keyOf({ key: "Enter", code: "Enter" })).toBe("Enter");
        expect(keyOf({ key: "é", code: "KeyE" })).toBe("e");
    });
});
