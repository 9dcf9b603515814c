/* global document, window, axe */

/**
 * Visitors in Chromium, each in a context of her own. They do what Python tells them and say
 * what they see.
 */

const fs = require("node:fs");
const { chromium } = require("playwright-core");
const { listen } = require("../browser/commands.cjs");

const SOON = 20000; // milliseconds until something must be on the screen
const GRAVE = ["serious", "critical"];
const AXE = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const visitors = new Map();
let browser = null;

/* In page: what there is to say about what is shown. */
function facts() {
    const root = document.documentElement;
    return {
        url: window.location.pathname,
        title: document.title,
        rtl: window.getComputedStyle(document.body).direction === "rtl",
        language: root.lang,
        tooWide: root.scrollWidth - root.clientWidth,
        headings: [...document.querySelectorAll("h1")].map((one) => one.innerText.trim()),
    };
}

/* In page: grave violations, each with the elements that are to blame. */
async function violations(grave) {
    const { violations: found } = await axe.run(document, { resultTypes: ["violations"] });
    return found
        .filter((one) => grave.includes(one.impact))
        .map((one) => ({
            rule: one.id,
            nodes: one.nodes.slice(0, 3).map((node) => `${node.target} ${node.html.slice(0, 160)}`),
        }));
}

/* In page: bugs that the harness must find. */
const BUGS = {
    "fields without labels": () => {
        document.querySelectorAll("label").forEach((label) => label.remove());
        document.querySelectorAll("input").forEach((input) => {
            for (const name of ["aria-label", "title", "placeholder"]) {
                input.removeAttribute(name);
            }
        });
    },
    "page too wide": () => {
        document.body.insertAdjacentHTML("beforeend", '<div style="width: 3000px">.</div>');
    },
};

class Visitor {
    constructor(page) {
        this.page = page;
        this.errors = [];
        page.setDefaultTimeout(SOON);
        page.on("pageerror", (error) => this.errors.push(`page error: ${error.message}`));
        page.on("console", (message) => {
            // A form that is refused is answered by 422, which browsers log as an error.
            if (message.type() === "error" && !message.text().includes("(Unprocessable")) {
                this.errors.push(`console: ${message.text()} ${message.location().url}`);
            }
        });
    }

    /** Open an address; its status, and whether it is a page at all. */
    async open(path) {
        const answer = await this.page.goto(path, { waitUntil: "load" });
        this.status = answer.status();
    }

    async act({ fill, click, submit, check, press, wait, gone }) {
        if (fill) {
            await this.page.locator(fill[0]).first().fill(fill[1]);
        }
        for (const box of check ? await this.page.locator(check).all() : []) {
            await box.check();
        }
        if (press) {
            await this.page.keyboard.press(press);
        }
        if (click) {
            await this.page.locator(click).first().click();
        }
        if (submit) {
            // What follows may have the same address.
            const next = this.page.waitForEvent("framenavigated");
            await this.page.locator(submit).first().click();
            await next;
            await this.page.waitForLoadState("load");
        }
        if (wait) {
            await this.page.locator(wait).first().waitFor();
        }
        if (gone) {
            await this.page.locator(gone).first().waitFor({ state: "hidden" });
        }
    }

    async see({ shot, audit, bug }) {
        await this.page.waitForLoadState("load");
        if (bug) {
            await this.page.evaluate(BUGS[bug]);
        }
        const seen = { status: this.status, ...(await this.page.evaluate(facts)) };
        if (shot) {
            await this.page.screenshot({ path: shot });
        }
        if (audit) {
            await this.page.evaluate(AXE);
            seen.violations = await this.page.evaluate(violations, GRAVE);
        }
        seen.errors = this.errors.splice(0);
        return seen;
    }
}

const COMMANDS = {
    /** Somebody comes: width, height, language; cookies of whoever is signed in already. */
    async come({ who, chromium: executablePath, url, width, height, language, cookies }) {
        browser ||= await chromium.launch({
            executablePath,
            args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        });
        const context = await browser.newContext({
            baseURL: url,
            viewport: { width, height },
            hasTouch: width < 500,
        });
        const known = { frontend_lang: language, ...cookies };
        await context.addCookies(
            Object.entries(known).map(([name, value]) => ({ name, value, url }))
        );
        visitors.set(who, new Visitor(await context.newPage()));
    },
    async leave({ who }) {
        await visitors.get(who).page.context().close();
        visitors.delete(who);
    },
    /** Go somewhere, do things, and say what is on the screen then. */
    async visit({ who, path, steps, ...look }) {
        const visitor = visitors.get(who);
        if (path) {
            await visitor.open(path);
        }
        for (const step of steps || []) {
            await visitor.act(step);
        }
        return visitor.see(look);
    },
    /** The text, or an attribute, of the first element. */
    read: ({ who, selector, attribute }) => {
        const element = visitors.get(who).page.locator(selector).first();
        return attribute ? element.getAttribute(attribute) : element.innerText();
    },
    count: ({ who, selector }) => visitors.get(who).page.locator(selector).count(),
    async close() {
        await browser?.close();
        visitors.clear();
    },
};

listen(COMMANDS);
