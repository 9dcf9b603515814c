import { describe, expect, test } from "@odoo/hoot";
import { assertFunctions, patchModule } from "@web_jalali/core/module_patch";

describe.current.tags("headless");

class Stock {
    get title() {
        return "";
    }
    move() {}
}
class Special extends Stock {}

test("methods and getters count, inherited ones too", () => {
    assertFunctions("Special", Special.prototype, ["title", "move"]);
    expect.step("passed");
    expect.verifySteps(["passed"]);
});

test("an Odoo without what is replaced is not tolerated", () => {
    expect(() => assertFunctions("Stock", Stock.prototype, ["move", "gone"])).toThrow(
        /no gone in Stock/
    );
    expect(() =>
        patchModule("@web/core/l10n/dates", () => ({ formatDateOfOld: () => "" }))
    ).toThrow(/no formatDateOfOld in @web\/core\/l10n\/dates/);
});

test("a module that the page does not have is waited for", () => {
    patchModule("@web_jalali/not_there", () => expect.step("started"));
    expect.verifySteps([]);
});
