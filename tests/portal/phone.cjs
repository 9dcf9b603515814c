/* global caches */

/**
 * A telephone: Chromium with a profile of its own, as people have it. It does what Python tells
 * it, also without a connection, and says what it shows.
 */

const { chromium } = require("playwright-core");
const { listen } = require("../browser/commands.cjs");

const SOON = 30000; // milliseconds until something must be there
const PAUSE = 100;

let context = null;
let page = null;
let url = null;

/* In page: what the club has left in this browser. */
async function leftBehind() {
    const cards = await caches.open("loyalty-club-cards");
    const texts = [];
    for (const key of await cards.keys()) {
        texts.push(await (await cards.match(key)).text());
    }
    const registrations = await navigator.serviceWorker.getRegistrations();
    return {
        owner: localStorage.getItem("loyalty_club.card.owner"),
        cards: texts,
        workers: registrations.filter((one) => one.active?.state === "activated").length,
    };
}

/* In page: the notifications that are shown. */
async function notifications() {
    const registration = await navigator.serviceWorker.getRegistration("/club");
    const shown = await registration.getNotifications();
    return shown.map(({ title, body, tag, data }) => ({ title, body, tag, url: data.url }));
}

/* In page: a bug that must be found. */
const BUGS = {
    "card is not forgotten": () => {
        caches.delete = () => Promise.resolve(true);
    },
};

/** Ask again and again until `isDone` says so of the answer. */
async function until(ask, isDone) {
    const end = Date.now() + SOON;
    for (;;) {
        const answer = await ask();
        if (isDone(answer) || Date.now() > end) {
            return answer;
        }
        await page.waitForTimeout(PAUSE);
    }
}

/** The worker that listens to the push service. */
async function registrationId(devtools) {
    const known = new Map();
    devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) =>
        registrations.forEach((one) => known.set(new URL(one.scopeURL).pathname, one))
    );
    await devtools.send("ServiceWorker.enable");
    await until(
        async () => known.has("/club"),
        (isKnown) => isKnown
    );
    return known.get("/club").registrationId;
}

const COMMANDS = {
    async take({ folder, chromium: executablePath, url: at, bug }) {
        url = at;
        context = await chromium.launchPersistentContext(folder, {
            executablePath,
            args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
            baseURL: at,
            viewport: { width: 390, height: 844 },
            permissions: ["notifications"],
        });
        if (bug) {
            await context.addInitScript(BUGS[bug]);
        }
        page = await context.newPage();
        page.setDefaultTimeout(SOON);
    },
    /** The session of somebody who has signed in; whose it was before does not matter. */
    be: ({ session }) => context.addCookies([{ name: "session_id", value: session, url }]),
    async line({ off }) {
        await context.setOffline(off);
    },
    /** Open an address; what is on the screen then. */
    async open({ path }) {
        await page.goto(path, { waitUntil: "load" });
        return { path: new URL(page.url()).pathname, text: await page.innerText("body") };
    },
    /** What is left in the browser, as soon as a card with this text is kept, or none is. */
    left: ({ number }) =>
        until(
            () => page.evaluate(leftBehind),
            ({ cards, workers }) =>
                number
                    ? workers === 2 &&
                      cards.length === 3 &&
                      cards.every((one) => one.includes(number))
                    : !cards.length
        ),
    /** What the browser makes of the manifest, and why the page could not be installed. */
    async manifest() {
        const devtools = await context.newCDPSession(page);
        const { data, errors } = await devtools.send("Page.getAppManifest");
        const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
        return { manifest: JSON.parse(data), errors, obstacles: installabilityErrors };
    },
    /** A notification comes in; what is shown. */
    async push({ data }) {
        const devtools = await context.newCDPSession(page);
        const told = { origin: url, registrationId: await registrationId(devtools), data };
        return until(
            async () => {
                // One that comes in while the worker is being started may be lost.
                await devtools.send("ServiceWorker.deliverPushMessage", told);
                return page.evaluate(notifications);
            },
            (shown) => shown.length
        );
    },
    async close() {
        await context?.close();
        context = null;
    },
};

listen(COMMANDS);
