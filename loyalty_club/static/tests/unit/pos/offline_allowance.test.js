import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { browser } from "@web/core/browser/browser";
import { OfflineAllowance } from "@loyalty_club/pos/utils/offline_allowance";

describe("offline allowance", () => {
    beforeEach(() => browser.localStorage.clear());

    test("a till that was lent nothing may take nothing", () => {
        expect(new OfflineAllowance(1).left).toBe(0);
    });

    test("what was taken is counted where a reload does not reach it", () => {
        const before = new OfflineAllowance(1);
        before.renew({ token: "t", amount: "100" });
        before.take("one", 60);

        const after = new OfflineAllowance(1);
        expect(after.left).toBe(40);
        expect(after.device).toBe(before.device);
        expect(after.token).toBe("t");
    });

    test("the same payment counts once, and one that was removed not at all", () => {
        const allowance = new OfflineAllowance(1);
        allowance.renew({ token: "t", amount: "100" });
        allowance.take("one", 60);
        allowance.take("one", 50);
        expect(allowance.left).toBe(50);
        allowance.giveBack("one");
        expect(allowance.left).toBe(100);
    });

    test("nothing is borrowed while something that was taken is on its way", () => {
        const allowance = new OfflineAllowance(1);
        allowance.renew({ token: "t", amount: "100" });
        expect(allowance.isWaiting).toBe(false);
        allowance.take("one", 60);
        expect(new OfflineAllowance(1).isWaiting).toBe(true);
        allowance.arrive(["one", "of another till"]);
        expect(new OfflineAllowance(1).isWaiting).toBe(false);
        expect(new OfflineAllowance(1).left).toBe(40);
    });

    test("tills count for themselves, and begin anew when they borrow anew", () => {
        const allowance = new OfflineAllowance(1);
        allowance.renew({ token: "t", amount: "100" });
        allowance.take("one", 100);
        expect(new OfflineAllowance(2).left).toBe(0);
        allowance.renew({ token: "u", amount: "30" });
        expect(new OfflineAllowance(1).left).toBe(30);
    });
});
