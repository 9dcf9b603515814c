import { describe, expect, test } from "@odoo/hoot";
import { normalize } from "@web/core/l10n/utils";
import { fuzzyTest } from "@web/core/utils/search";

describe.current.tags("headless");

test("letters of Arabic keyboards, digits and joiners make no difference", () => {
    expect(normalize("علي كريمي")).toBe(normalize("علی کریمی"));
    expect(normalize("۰۹۱۲")).toBe("0912");
    expect(normalize("می‌شود")).toBe(normalize("میشود"));
    expect(fuzzyTest("كيف", "کیف پول")).toBe(true);
});

test("other languages are searched as ever", () => {
    expect(normalize("déçûmes")).toBe(normalize("DECUMES"));
    expect(fuzzyTest("cedric", "Cédric")).toBe(true);
});
