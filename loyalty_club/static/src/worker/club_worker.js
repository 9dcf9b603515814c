/* global clients */

/**
 * Runs in the browser beside the club's pages. It keeps none of them: what is shown always comes
 * from the server. Without a connection it shows the card that the member's own page has put
 * aside (see ../portal/club_device.js), or says that there is none.
 */

const CARDS = "loyalty-club-cards";
const SHELL = "loyalty-club-shell-1";
const SHELL_PAGE = "/club/offline";
const LAST_CARD = "/club/last-card";
const NO_SERVER = [502, 503, 504];
const PAGE = /\/(?:my\/club|club)\/[0-9]+/;

self.addEventListener("install", (event) => {
    self.skipWaiting();
    event.waitUntil(
        caches
            .open(SHELL)
            .then((cache) => cache.add(new Request(SHELL_PAGE, { cache: "reload" })))
            .catch(() => {}) // it is asked for again when it is needed
    );
});

self.addEventListener("activate", (event) => {
    event.waitUntil(
        Promise.all([
            caches
                .keys()
                .then((names) =>
                    Promise.all(
                        names
                            .filter((n) => n.startsWith("loyalty-club-shell-") && n !== SHELL)
                            .map((name) => caches.delete(name))
                    )
                ),
            self.registration.navigationPreload?.enable(),
            clients.claim(),
        ])
    );
});

self.addEventListener("fetch", (event) => {
    if (event.request.mode === "navigate" && event.request.method === "GET") {
        event.respondWith(answer(event));
    }
});

/** The server's answer; without one, what is kept. */
async function answer(event) {
    try {
        const response = (await event.preloadResponse) || (await fetch(event.request));
        if (!NO_SERVER.includes(response.status)) {
            return response;
        }
        return (await kept(event.request.url)) || response;
    } catch {
        return (await kept(event.request.url)) || Response.error();
    }
}

/** The card of the membership or the club that the address names, else the last one seen. */
async function kept(url) {
    const cards = await caches.open(CARDS);
    const [path] = PAGE.exec(new URL(url).pathname) || [];
    const card = (path && (await cards.match(path))) || (await cards.match(LAST_CARD));
    return card || (await caches.match(SHELL_PAGE, { cacheName: SHELL }));
}

/** What a push service brought, or null if it is no notification of the club. */
function read(data) {
    try {
        return data.json();
    } catch {
        return null;
    }
}

self.addEventListener("push", (event) => {
    const told = read(event.data);
    if (!told) {
        return; // none of ours
    }
    event.waitUntil(
        self.registration.showNotification(told.title, {
            body: told.body,
            icon: told.icon,
            tag: told.tag,
            lang: told.lang,
            dir: told.dir,
            data: { url: told.url },
        })
    );
});

self.addEventListener("notificationclick", (event) => {
    event.notification.close();
    const url = new URL(event.notification.data?.url || "/my/club", self.location.origin);
    if (url.origin !== self.location.origin) {
        return;
    }
    event.waitUntil(show(url.href));
});

/** Show a page in the window of the club that is open, or in a new one. */
async function show(url) {
    const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
    const open = windows.find((one) => PAGE.test(new URL(one.url).pathname));
    if (open) {
        await open.focus();
        return open.navigate(url).catch(() => clients.openWindow(url));
    }
    return clients.openWindow(url);
}
