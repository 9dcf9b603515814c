import { browser } from "@web/core/browser/browser";
import { cookie } from "@web/core/browser/cookie";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { Interaction } from "@web/public/interaction";

const CARDS = "loyalty-club-cards";
const LAST_CARD = "/club/last-card";
const OWNER = "loyalty_club.card.owner";
const KEPT_AT = "loyalty_club.card.at";
const LEFT = "loyalty_club_left";
const FRESH = 60 * 1000; // milliseconds for which a kept card needs no newer one
export const WORKER = "/club/worker.js";
export const SCOPE = "/club";

/** Whether the browser can keep anything, and run the worker: on a secure line only. */
export function canKeep() {
    return Boolean(browser.navigator.serviceWorker && window.caches);
}

/** Have the worker stand by for addresses that begin with `scope`. */
export function startWorker(scope = SCOPE) {
    return browser.navigator.serviceWorker.register(WORKER, { scope, updateViaCache: "none" });
}

/** The same worker, as soon as it is at work: only then can it listen to a push service. */
export async function activeWorker() {
    const registration = await startWorker();
    const coming = registration.installing || registration.waiting;
    if (!registration.active && coming) {
        await new Promise((resolve) => {
            coming.addEventListener(
                "statechange",
                () => ["activated", "redundant"].includes(coming.state) && resolve()
            );
        });
    }
    return registration;
}

/** Forget the card that is kept here, and show nobody's notifications any more. */
export async function forget() {
    browser.localStorage.removeItem(OWNER);
    browser.sessionStorage.removeItem(KEPT_AT);
    await window.caches.delete(CARDS);
    const registration = await browser.navigator.serviceWorker.getRegistration(SCOPE);
    const subscription = await registration?.pushManager?.getSubscription();
    await subscription?.unsubscribe();
}

/** On each page of the site: what belongs to somebody else than its visitor is forgotten. */
export class ClubDevice extends Interaction {
    static selector = "#wrapwrap";

    setup() {
        const owner = browser.localStorage.getItem(OWNER);
        const left = cookie.get(LEFT);
        const isOther = Boolean(user.userId) && String(user.userId) !== owner;
        if (canKeep() && ((owner && isOther) || left)) {
            cookie.delete(LEFT);
            this.forgotten = forget();
        }
    }

    async willStart() {
        await this.forgotten;
        const page = this.el.querySelector(".o_club_device");
        if (page && canKeep() && user.userId) {
            this.keep(page.dataset).catch(() => {}); // the connection broke: the older card stays
        }
    }

    /** Keep the card of a membership, as its owner sees it now. */
    async keep({ member, club }) {
        const [scope] = /^.*\/my\/club/.exec(browser.location.pathname) || [SCOPE];
        await Promise.all([startWorker(), startWorker(scope)]);
        const kept = `${member}:`;
        const at = browser.sessionStorage.getItem(KEPT_AT) || "";
        if (at.startsWith(kept) && Date.now() - Number(at.slice(kept.length)) < FRESH) {
            return;
        }
        const response = await browser.fetch(`/my/club/${member}/offline`);
        if (!response.ok || response.redirected) {
            return;
        }
        browser.localStorage.setItem(OWNER, user.userId);
        const cards = await window.caches.open(CARDS);
        for (const key of [`/my/club/${member}`, `/club/${club}`, LAST_CARD]) {
            await cards.put(key, response.clone());
        }
        browser.sessionStorage.setItem(KEPT_AT, `${kept}${Date.now()}`);
    }
}

registry.category("public.interactions").add("loyalty_club.club_device", ClubDevice);
