import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { setElementContent } from "@web/core/utils/html";
import { Interaction } from "@web/public/interaction";
import { markup } from "@odoo/owl";

/** A block that speaks of the club says what the club gives at this moment. */
export class ClubTold extends Interaction {
    static selector = ".o_club_told";

    async willStart() {
        const benefits = "benefits" in this.el.dataset;
        this.told = await this.waitFor(rpc("/website_loyalty_club/told", { benefits }));
    }

    start() {
        const { join, page, offer, benefits } = this.told;
        for (const link of this.el.querySelectorAll(".o_club_join")) {
            if (join) {
                link.setAttribute("href", join);
            } else {
                link.classList.add("d-none"); // she is a member, or nobody joins online
            }
        }
        for (const link of this.el.querySelectorAll(".o_club_page")) {
            link.setAttribute("href", page || "/club");
        }
        for (const place of this.el.querySelectorAll(".o_club_offer")) {
            place.textContent = offer || "";
            place.classList.toggle("d-none", !offer);
        }
        for (const place of this.el.querySelectorAll(".o_club_told_list")) {
            setElementContent(place, markup(benefits || "")); // rendered by our own template
        }
    }
}

registry.category("public.interactions").add("website_loyalty_club.club_told", ClubTold);
