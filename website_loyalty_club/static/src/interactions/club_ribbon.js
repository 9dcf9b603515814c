import { cookie } from "@web/core/browser/cookie";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

const WEEK = 7 * 24 * 60 * 60;

/** The line above all pages; whoever closes it does not see it again for a week. */
export class ClubRibbon extends Interaction {
    static selector = ".o_club_ribbon";
    dynamicContent = {
        // A page from the browser's memory may still have it.
        _root: { "t-att-class": () => ({ "d-none": this.closed, "d-flex": !this.closed }) },
        ".o_club_ribbon_close": {
            "t-on-click": this.onClose,
            "t-att-class": () => ({ "d-none": false }),
        },
    };

    setup() {
        this.closed = cookie.get("club_bar") === "closed";
    }

    onClose() {
        cookie.set("club_bar", "closed", WEEK);
        this.closed = true;
    }
}

registry.category("public.interactions").add("website_loyalty_club.club_ribbon", ClubRibbon);
