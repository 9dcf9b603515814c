import { describe, expect, test } from "@odoo/hoot";
import { mockTimeZone } from "@odoo/hoot-mock";
import { setupPosEnv } from "@point_of_sale/../tests/unit/utils";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { OrderReceipt } from "@point_of_sale/app/screens/receipt_screen/receipt/order_receipt";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";

definePosModels();

const { DateTime, Settings } = luxon;

async function makeOrder() {
    const store = await setupPosEnv();
    const order = store.addNewOrder();
    order.date_order = DateTime.fromISO("2026-11-22T12:10:00Z");
    return order;
}

describe("pos.order - dates on the receipt", () => {
    test("a Persian receipt has the Jalali date, and the order the Gregorian one", async () => {
        mockTimeZone("Asia/Tehran");
        const order = await makeOrder();
        patchWithCleanup(Settings, { defaultLocale: "fa-IR" });
        order.date_order = DateTime.fromISO("2026-11-22T12:10:00Z");
        expect(order.formatDateOrTime("date_order")).toBe("۱۴۰۵/۰۹/۰۱ ۱۵:۴۰");
        expect(order.formatDateOrTime("date_order", "date")).toBe("۱۴۰۵/۰۹/۰۱");
        expect(order.serializeForORM().date_order).toBe("2026-11-22 12:10:00");
    });

    test("the last day of a coupon is not the raw one", async () => {
        await makeOrder();
        const { formatCouponDate } = OrderReceipt.prototype;
        expect(formatCouponDate("2026-12-02")).toBe("12/02/2026");
        patchWithCleanup(Settings, { defaultLocale: "fa-IR" });
        expect(formatCouponDate("2026-12-02")).toBe("۰۹/۱۱/۱۴۰۵");
    });

    test("others have theirs", async () => {
        mockTimeZone("Asia/Tehran");
        const order = await makeOrder();
        expect(order.formatDateOrTime("date_order", "date")).toBe("11/22/2026");
    });
});
