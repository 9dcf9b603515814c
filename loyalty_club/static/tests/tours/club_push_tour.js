import { registry } from "@web/core/registry";

const FLAG = "club_push_tour";
const KEPT = "club_push_tour.subscription";
const ENDPOINT = "https://push.example.com/send/tour";

/** Bytes that letters of addresses stand for. */
function bytes(letters) {
    const text = atob(letters.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer;
}

/** A push service's answer, which no test reaches in earnest: kept over reloads as browsers do. */
function subscription() {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) || "null");
    return (
        kept && {
            endpoint: ENDPOINT,
            options: { applicationServerKey: bytes(kept.key) },
            getKey: (name) => bytes(kept[name]),
            unsubscribe: async () => sessionStorage.removeItem(KEPT) || true,
        }
    );
}

async function subscribe({ userVisibleOnly, applicationServerKey }) {
    if (!userVisibleOnly || applicationServerKey.length !== 65) {
        throw new Error("no push service takes this");
    }
    const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, [
        "deriveKey",
    ]);
    const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    const letters = (data) => btoa(String.fromCharCode(...data));
    const kept = {
        key: letters(applicationServerKey),
        p256dh: letters(point),
        auth: letters(new Uint8Array(16)),
    };
    sessionStorage.setItem(KEPT, JSON.stringify(kept));
    return subscription();
}

/** The browser's push service, for as long as the tour runs. */
function standIn() {
    PushManager.prototype.getSubscription = async () => subscription();
    PushManager.prototype.subscribe = subscribe;
    let permission = sessionStorage.getItem(FLAG);
    Object.defineProperty(Notification, "permission", { get: () => permission });
    Notification.requestPermission = async () => {
        permission = "granted";
        sessionStorage.setItem(FLAG, permission);
        return permission;
    };
}

if (sessionStorage.getItem(FLAG)) {
    standIn();
}

registry.category("web_tour.tours").add("club_push", {
    steps: () => [
        {
            trigger: ".o_club_push",
            run: () => {
                sessionStorage.setItem(FLAG, "default");
                window.location.reload();
            },
            expectUnloadPage: true,
        },
        {
            trigger: ".o_club_push_on:not(.d-none)",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_club_push_this:not(.d-none):contains(This device)" },
        {
            trigger: ".o_club_push_off:not(.d-none)",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".alert-success:contains(no more notifications)" },
        { trigger: ".o_club_push_on:not(.d-none)" },
        {
            trigger: ".o_club_push:not(:has(.o_club_push_device))",
            run: () => sessionStorage.clear(),
        },
    ],
});
