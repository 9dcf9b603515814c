import { browser } from "@web/core/browser/browser";
import { post } from "@web/core/network/http_service";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** The pages of a membership tell the club, once, that they were opened as an app. */
export class ClubApp extends Interaction {
    static selector = ".o_club_pages[data-member]";

    start() {
        const member = this.el.dataset.member;
        const done = `loyalty_club.app.${member}`;
        const standalone =
            browser.matchMedia("(display-mode: standalone)").matches ||
            browser.navigator.standalone === true;
        if (!standalone || browser.localStorage.getItem(done)) {
            return;
        }
        this.waitFor(
            post(`/my/club/${member}/earn/app`, { csrf_token: odoo.csrf_token }, "text")
        ).then(() => browser.localStorage.setItem(done, "1"));
    }
}

registry.category("public.interactions").add("loyalty_club.club_app", ClubApp);
