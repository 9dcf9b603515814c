import { describe, expect, test } from "@odoo/hoot";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { localization } from "@web/core/l10n/localization";
import { formatClubAmount } from "@loyalty_club/backend/amount_field/amount_field";

describe.current.tags("headless");

test("sums of wallets have decimals only where there are some", () => {
    patchWithCleanup(localization, { decimalPoint: ".", grouping: [3, 0], thousandsSep: "," });
    expect(formatClubAmount(1250, { digits: [20, 3] })).toBe("1,250");
    expect(formatClubAmount(-12.5, { digits: [20, 3] })).toBe("-12.5");
    expect(formatClubAmount(0.125, { digits: [20, 3] })).toBe("0.125");
    expect(formatClubAmount(false)).toBe("");
});
