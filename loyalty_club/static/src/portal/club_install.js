import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

const LATER = "loyalty_club.install.later";
const PAUSE = 30 * 24 * 3600 * 1000; // milliseconds for which “not now” is respected

/** Whether the page runs as an app already. */
export function isApp() {
    return (
        browser.matchMedia("(display-mode: standalone)").matches ||
        browser.navigator.standalone === true
    );
}

/** iPhones and iPads install by a menu of their own, and tell nobody that they can. */
export function isApple() {
    const { platform, maxTouchPoints, userAgent } = browser.navigator;
    return /iPhone|iPad/.test(userAgent) || (platform === "MacIntel" && maxTouchPoints > 1);
}

/** The hint that the club can stand on the home screen. */
export class ClubInstall extends Interaction {
    static selector = ".o_club_install";
    dynamicContent = {
        _window: { "t-on-club-installable": this.offer, "t-on-appinstalled": this.hide },
        _root: { "t-att-class": () => ({ "d-none": !this.isShown }) },
        ".o_club_install_now": {
            "t-on-click.prevent": this.onInstall,
            "t-att-class": () => ({ "d-none": !this.prompt }),
        },
        ".o_club_install_apple": { "t-att-class": () => ({ "d-none": !this.isApple }) },
        ".o_club_install_later": { "t-on-click.prevent": this.onLater },
    };

    setup() {
        this.isApple = isApple();
        this.isShown = false;
        this.offer();
    }

    offer() {
        // Caught by the page's head: browsers say it before any of this is loaded.
        this.prompt = window.loyaltyClubInstall;
        const later = Number(browser.localStorage.getItem(LATER) || 0);
        const isPaused = Date.now() - later < PAUSE;
        this.isShown = !isApp() && !isPaused && Boolean(this.prompt || this.isApple);
    }

    async onInstall() {
        const prompt = this.prompt;
        window.loyaltyClubInstall = null;
        prompt.prompt();
        const choice = await this.waitFor(prompt.userChoice);
        if (choice.outcome === "accepted") {
            this.hide();
        } else {
            this.onLater();
        }
    }

    onLater() {
        browser.localStorage.setItem(LATER, Date.now());
        this.hide();
    }

    hide() {
        this.isShown = false;
    }
}

registry.category("public.interactions").add("loyalty_club.club_install", ClubInstall);
