import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** A member's own link: handed to the telephone's share sheet, or copied. */
export class ClubShare extends Interaction {
    static selector = ".o_club_share";
    dynamicContent = {
        ".o_club_send": {
            "t-on-click": this.onSend,
            "t-att-class": () => ({ "d-none": !browser.navigator.share }),
        },
        ".o_club_copy": {
            "t-on-click": this.onCopy,
            "t-att-class": () => ({ "d-none": !browser.navigator.clipboard }),
        },
        // What is said appears in a place that was there before: so it is read aloud.
        ".o_club_told": { "t-att-class": () => ({ "visually-hidden": !this.copied }) },
        ".o_club_told span": { "t-att-class": () => ({ "d-none": !this.copied }) },
    };

    setup() {
        this.copied = false;
    }

    async onSend() {
        try {
            await browser.navigator.share({ text: this.el.dataset.text });
        } catch {
            // She changed her mind: the link is still there.
        }
    }

    async onCopy() {
        await this.waitFor(browser.navigator.clipboard.writeText(this.el.dataset.url));
        this.copied = true;
    }
}

registry.category("public.interactions").add("loyalty_club.club_share", ClubShare);
