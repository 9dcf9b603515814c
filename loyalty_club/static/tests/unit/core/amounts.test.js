import { describe, expect, test } from "@odoo/hoot";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { localization } from "@web/core/l10n/localization";
import { formatPoints, roundDownTo, roundUpTo } from "@loyalty_club/core/amounts";

describe.current.tags("headless");

test("points are grouped, named, and have decimals only where there are some", () => {
    patchWithCleanup(localization, { decimalPoint: ".", grouping: [3, 0], thousandsSep: "," });
    expect(formatPoints(1234567)).toBe("1,234,567");
    expect(formatPoints(12.5, "stars")).toBe("12.5 stars");
    expect(formatPoints(undefined, "points")).toBe("0 points");
});

test("a started point counts, float noise does not", () => {
    expect(roundUpTo(9.4, 1)).toBe(10);
    expect(roundUpTo(100.00000000000001, 1)).toBe(100);
    expect(roundUpTo(0.1 + 0.2, 0.1)).toBe(0.3);
    expect(roundUpTo(12.341, 0.01)).toBe(12.35);
});

test("of a step that is not full nothing counts, float noise does not", () => {
    expect(roundDownTo(101.176471, 1)).toBe(101);
    expect(roundDownTo(99.99999999999999, 1)).toBe(100);
    expect(roundDownTo(105.88, 10)).toBe(100);
});
