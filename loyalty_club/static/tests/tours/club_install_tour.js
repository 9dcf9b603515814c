import { registry } from "@web/core/registry";

let offered = null;

/** The browser says that the page can be installed; what Chromium itself says meanwhile is lost. */
function offer(outcome) {
    offered = {
        prompt: () => document.body.classList.add("o_club_prompted"),
        userChoice: Promise.resolve({ outcome }),
    };
    Object.defineProperty(window, "loyaltyClubInstall", {
        configurable: true,
        get: () => offered,
        set: (prompt) => {
            offered = prompt && offered;
        },
    });
    window.dispatchEvent(new Event("club-installable"));
}

registry.category("web_tour.tours").add("club_install", {
    steps: () => [
        { trigger: ".o_club_pages", run: () => offer("accepted") },
        { trigger: ".o_club_install:not(.d-none) .o_club_install_now", run: "click" },
        { trigger: ".o_club_prompted .o_club_install:not(:visible)" },
        { trigger: ".o_club_pages", run: () => offer("dismissed") },
        { trigger: ".o_club_install:not(.d-none) .o_club_install_later", run: "click" },
        {
            trigger: ".o_club_install:not(:visible)",
            run: () => offer("accepted"), // too soon: nobody is asked again within a month
        },
        {
            trigger: ".o_club_install:not(:visible)",
            run: () => localStorage.removeItem("loyalty_club.install.later"),
        },
    ],
});
