import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { post } from "@web/core/network/http_service";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";
import { activeWorker, canKeep, startWorker } from "./club_device";
import { isApp, isApple } from "./club_install";

/** Bytes of a key that is written in the letters of addresses. */
function bytesOf(text) {
    const letters = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

/** Letters of addresses for bytes. */
function textOf(buffer) {
    const letters = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** The mark by which the server names an address in the list of devices. */
async function markOf(endpoint) {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
    const parts = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0"));
    return parts.join("").slice(0, 32);
}

/**
 * Notifications on this device: on, off, or why they cannot be. The texts stand in the page; of
 * those the one whose `data-state` is that of the device is shown.
 */
export class ClubPush extends Interaction {
    static selector = ".o_club_push";
    dynamicContent = {
        "[data-state]": {
            "t-att-class": (el) => ({ "d-none": el.dataset.state !== this.state }),
        },
        ".o_club_push_on": {
            "t-on-click.prevent": this.onTurnOn,
            "t-att-disabled": () => this.isBusy,
        },
        ".o_club_push_off": { "t-on-click.prevent": this.onTurnOff },
        ".o_club_push_error": {
            "t-out": () => this.error,
            "t-att-class": () => ({ "d-none": !this.error }),
        },
        ".o_club_push_device": { "t-att-class": (el) => ({ o_club_here: this.isHere(el) }) },
        ".o_club_push_this": {
            "t-att-class": (el) => ({ "d-none": !this.isHere(el.closest("[data-mark]")) }),
        },
    };

    setup() {
        this.state = "wait";
        this.error = "";
        this.isBusy = false;
        this.mark = null;
    }

    async willStart() {
        this.state = await this.look();
    }

    isHere(el) {
        return el.dataset.mark === this.mark;
    }

    /** What is possible and true on this device now. */
    async look() {
        if (!canKeep() || !window.PushManager || !window.Notification) {
            return isApple() && !isApp() ? "install" : "unable";
        }
        if (Notification.permission === "denied") {
            return "denied";
        }
        return Notification.permission === "granted" && (await this.isListed()) ? "on" : "off";
    }

    /** Whether this browser listens, and stands in the list of devices. */
    async isListed() {
        const subscription = await this.subscription();
        if (!subscription || !this.isOurs(subscription)) {
            return false;
        }
        const mark = await markOf(subscription.endpoint);
        const isKnown = Boolean(this.el.querySelector(`[data-mark="${mark}"]`));
        this.mark = isKnown ? mark : null;
        return isKnown;
    }

    async subscription() {
        const registration = await startWorker();
        return registration.pushManager.getSubscription();
    }

    /** Whether the browser listens to the server's present key. */
    isOurs(subscription) {
        const key = subscription.options?.applicationServerKey;
        return !key || textOf(key) === this.el.dataset.key;
    }

    async onTurnOn() {
        this.isBusy = true;
        this.error = "";
        try {
            this.error = await this.waitFor(this.turnOn());
        } catch {
            this.error = _t(
                "The browser could not turn on notifications. Check the connection and try again."
            );
        }
        this.isBusy = false;
        if (this.error) {
            this.updateContent();
        } else if (this.state !== "denied") {
            browser.location.reload();
        }
    }

    /** Ask the person, then the browser, then the server; a sentence when one of them says no. */
    async turnOn() {
        if ((await Notification.requestPermission()) !== "granted") {
            this.state = Notification.permission === "denied" ? "denied" : "off";
            return this.state === "denied"
                ? ""
                : _t("Notifications were not allowed. Turn them on once more and allow them.");
        }
        const registration = await activeWorker();
        let subscription = await registration.pushManager.getSubscription();
        if (subscription && !this.isOurs(subscription)) {
            await subscription.unsubscribe();
            subscription = null;
        }
        subscription ??= await registration.pushManager.subscribe({
            userVisibleOnly: true,
            applicationServerKey: bytesOf(this.el.dataset.key),
        });
        const answer = await post(this.el.dataset.url, {
            csrf_token: odoo.csrf_token,
            endpoint: subscription.endpoint,
            p256dh: textOf(subscription.getKey("p256dh")),
            auth: textOf(subscription.getKey("auth")),
        });
        return answer.error;
    }

    /** The browser stops listening; then the form takes the device off the list. */
    async onTurnOff() {
        const subscription = await this.waitFor(this.subscription());
        await this.waitFor(subscription?.unsubscribe());
        const own = this.el.querySelector(`[data-mark="${this.mark}"] form`);
        own?.submit();
    }
}

registry.category("public.interactions").add("loyalty_club.club_push", ClubPush);
