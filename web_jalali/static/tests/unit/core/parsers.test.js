import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { localization } from "@web/core/l10n/localization";
import { registry } from "@web/core/registry";
import {
    InvalidNumberError,
    parseFloat,
    parseFloatTime,
    parseInteger,
    parseMonetary,
    parsePercentage,
} from "@web/views/fields/parsers";

describe.current.tags("headless");

beforeEach(() => {
    patchWithCleanup(localization, { decimalPoint: ".", thousandsSep: ",", grouping: [3, 0] });
});

test("an amount in Persian digits is that amount, not nothing", () => {
    expect(parseMonetary("۱۲۳")).toBe(123);
    expect(parseMonetary("۱۲۳٬۴۵۶٫۷ ریال")).toBe(123456.7);
    expect(parseMonetary("-۵۰۰")).toBe(-500);
    expect(registry.category("parsers").get("monetary")("۱۲۳")).toBe(123);
});

test("numbers of each kind are read in Persian and Arabic digits", () => {
    expect(parseFloat("۱۲٫۵")).toBe(12.5);
    expect(parseFloat("١٢٫٥")).toBe(12.5);
    expect(parseFloat("۱,۲۳۴.۵")).toBe(1234.5);
    expect(parseInteger("۱٬۲۳۴")).toBe(1234);
    expect(parsePercentage("۲۰٪")).toBe(0.2);
    expect(parseFloatTime("۱:۳۰")).toBe(1.5);
    expect(parseFloat("=۲*۳")).toBe(6);
    const { operator, operand } = parseFloat("+=۲", { allowOperation: true });
    expect([operator, operand]).toEqual(["+", 2]);
    for (const kind of ["float", "integer", "many2one_reference"]) {
        expect(registry.category("parsers").get(kind)("۱۲")).toBe(12, { message: kind });
    }
});

test("separators are those of the language", () => {
    patchWithCleanup(localization, { decimalPoint: ",", thousandsSep: "." });
    expect(parseFloat("۱٬۲۳۴٫۵")).toBe(1234.5);
    expect(parseFloat("1.234,5")).toBe(1234.5);
});

test("Latin digits are read as ever, and what is no number is refused", () => {
    expect(parseFloat("1,234.5")).toBe(1234.5);
    expect(parseMonetary("$ 12")).toBe(12);
    expect(() => parseFloat("۱۲الف")).toThrow(InvalidNumberError);
});
