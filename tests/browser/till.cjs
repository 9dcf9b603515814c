/** One till in a browser of its own, which keeps its folder when it is killed. */

const fs = require("node:fs");
const { chromium } = require("playwright-core");
const { Line } = require("./line.cjs");
const screen = require("./screen.cjs");

const SOON = 20000; // milliseconds until something must be on the screen
const ACTS = 40; // what no sale needs
/** What is worth a picture: the screen before these acts. */
const SHOWN = { pay: "order", validate: "payment" };

/** The browser that works in this folder, which nobody else uses. */
function processOf(folder) {
    for (const pid of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
        try {
            const words = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
            const mine = words.includes(`--user-data-dir=${folder}`);
            if (mine && !words.some((word) => word.startsWith("--type="))) {
                return Number(pid);
            }
        } catch {
            // It ended while it was looked at.
        }
    }
    return null;
}

class Till {
    /**
     * @param {Object} facts url, database, config_id, login, folder, chromium (path), language
     */
    constructor(facts) {
        this.facts = facts;
        this.line = new Line();
        this.taps = 0;
        this.noted = [];
    }

    // --- the browser ------------------------------------------------------------------

    async launch() {
        this.context = await chromium.launchPersistentContext(this.facts.folder, {
            executablePath: this.facts.chromium,
            args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
            viewport: this.facts.viewport || { width: 1280, height: 800 },
        });
        // A service worker would answer for the line, past what is cut.
        await this.context.addInitScript("delete Navigator.prototype.serviceWorker");
        this.page = this.context.pages()[0] || (await this.context.newPage());
        this.page.setDefaultTimeout(SOON);
        this.page.on("pageerror", (error) => this.note("page error", error.message));
        this.page.on("console", (message) => {
            if (message.type() === "error") {
                this.note("console", message.text());
            }
        });
        this.page.on("dialog", (dialog) => dialog.accept().catch(() => false));
    }

    async open() {
        const { url, database: db, login, config_id } = this.facts;
        await this.context.request.post(`${url}/web/session/authenticate`, {
            data: { jsonrpc: "2.0", params: { db, login, password: login } },
        });
        await this.line.carry(this.context);
        await this.page.goto(`${url}/pos/ui/${config_id}`);
        await this.begin();
    }

    /** Wait for the till after it was opened or reloaded. */
    async begin() {
        const shown = `.screen-login .open-register-btn, ${screen.ANY}`;
        await this.page
            .locator(shown)
            .first()
            .waitFor({ timeout: 3 * SOON });
        const login = this.page.locator(".screen-login .open-register-btn");
        if (await login.count()) {
            await login.click();
        }
        await this.page.locator(screen.ANY).first().waitFor();
        await this.page.locator(".pos-loader").waitFor({ state: "detached" });
        // The very first time, the till asks what is in its drawer.
        if (await this.page.evaluate(screen.isOpening)) {
            await this.page.locator(".modal .modal-footer .btn-primary").click();
        }
    }

    async reload() {
        this.note("reload", "");
        await this.page.reload();
        await this.begin();
    }

    /** End the browser as a power cut does, and start it again in the same folder. */
    async restart() {
        this.note("killed", "");
        await this.kill();
        await this.launch();
        await this.open();
    }

    async kill() {
        const pid = processOf(this.facts.folder);
        if (pid) {
            process.kill(-pid, "SIGKILL"); // the browser leads its own process group
        }
        await this.context.close().catch(() => false);
    }

    /** Plant a bug in the till's script, to see whether the harness finds it. */
    async plant(bug) {
        await this.page.evaluate(screen.BUGS[bug]);
    }

    setDown(down) {
        this.line.down = down;
    }

    async shot(path) {
        await this.page.waitForTimeout(600); // until what moves has come to rest
        await this.page.screenshot({ path });
    }

    /** @param {string} [shots] how the pictures' paths begin; none are made without */
    async picture(shots, what) {
        if (shots) {
            await this.shot(`${shots}-${what}.png`);
        }
    }

    note(what, text) {
        this.noted.push([what, String(text).slice(0, 600)]);
    }

    // --- hands -------------------------------------------------------------------------

    async tap(selector) {
        this.taps += 1;
        await this.page.locator(selector).first().click({ timeout: 4000 });
    }

    /** What is on the screen, and what the till knows of an order. */
    look(uuid) {
        return this.page.evaluate(screen.look, uuid);
    }

    /** Read what a dialog says, and let it go. */
    async dismiss() {
        const dialog = this.page.locator(".modal:not(.o_inactive_modal)").last();
        const text = await dialog.innerText().catch(() => "");
        this.note("told", text.replace(/\s+/g, " "));
        const finder = await dialog.locator(".club-finder").count();
        const button = dialog.locator(finder ? ".modal-footer .ms-auto" : ".modal-footer .btn");
        await button
            .first()
            .click({ timeout: 2000 })
            .catch(() => this.page.keyboard.press("Escape"));
    }

    // --- a cashier's work ---------------------------------------------------------------

    /**
     * Sell, be paid and reach the receipt.
     *
     * @param {Object} wish what is sold to whom, how it is paid, and what goes wrong (plan)
     * @returns {Object} what she saw
     */
    async sell(wish) {
        return this.work(wish, screen.nextOfSale);
    }

    /** Take goods of an earlier order back. */
    async refund(wish) {
        return this.work(wish, screen.nextOfRefund);
    }

    /**
     * Do what comes next until the order is over.
     *
     * @param {function} next what to do, by what is seen
     */
    async work(wish, next) {
        Object.assign(this, { taps: 0, noted: [], accident: null });
        const memory = { uuid: null, done: false, validated: false, tries: {}, taps: 0 };
        if (next === screen.nextOfRefund) {
            memory.uuid = undefined; // which order it is, is known at its payment
        }
        this.line.begin(this.planned(wish.plan));
        for (let count = 0; count < ACTS && !memory.done; count++) {
            await this.turn(wish, memory, next).catch((error) => this.note("act", error.message));
        }
        const { calls, cut } = this.line;
        if (!wish.stay) {
            this.line.begin({});
        }
        return { ...memory, calls, cut, noted: this.noted };
    }

    /** The plan for the line, with what shall happen to the till at the cut. */
    planned(plan = {}) {
        return { ...plan, then: () => (this.accident ??= plan.after) };
    }

    async turn(wish, memory, next) {
        if (this.accident) {
            const accident = this.accident;
            this.accident = "over";
            await this[accident]?.();
        }
        const seen = await this.look(memory.uuid || null);
        if (!memory.uuid && seen.screen === "receipt") {
            return this.tap(".receipt-screen .button.next.highlight"); // of the one before
        }
        if (seen.dialog) {
            return this.dismiss();
        }
        if (memory.uuid === null || (memory.uuid === undefined && seen.screen === "payment")) {
            memory.uuid = seen.order?.uuid;
        }
        memory.last = seen.order || memory.last;
        memory.rtl = seen.rtl;
        if (screen.isOver(seen, memory)) {
            await this.picture(wish.shots, "receipt");
            return this.finish(seen, memory);
        }
        const tried = (what) => (memory.tries[what] = (memory.tries[what] || 0) + 1);
        const act = next(seen, wish, tried);
        await this.picture(SHOWN[act.what] && wish.shots, SHOWN[act.what]);
        await this.act(act, memory);
        return this.until(seen, memory);
    }

    async finish(seen, memory) {
        Object.assign(memory, { receipt: seen.receipt, done: true, order: seen.order });
        memory.taps = this.taps; // what comes now is the next customer's
        if (seen.screen === "receipt" && seen.current) {
            await this.tap(".receipt-screen .button.next.highlight");
            await this.page.locator(".product-screen").waitFor();
        }
    }

    /** One thing that a hand does. */
    async act(act, memory) {
        this.note("does", act.what);
        memory.validated ||= act.what === "validate";
        if (act.scan) {
            await this.page.keyboard.type(act.scan, { delay: 4 });
            await this.page.keyboard.press("Enter");
        }
        if (act.open) {
            await this.page.evaluate(screen.openOrder, act.open);
        }
        for (const selector of act.taps || []) {
            await this.tap(selector);
            this.taps -= act.goods ? 1 : 0; // scanning goods is no tap of these
        }
        if (act.keys) {
            await this.page.keyboard.type(act.keys);
        }
        if (act.text) {
            await this.page.locator(act.field).fill(act.text);
            await this.page.locator(act.gone).waitFor({ state: "detached", timeout: 4000 });
        }
        if (act.then) {
            await this.page.locator(act.then[0]).first().waitFor();
        }
        if (act.popup) {
            // Slower than a scanner, whose keys the till reads as a code.
            await this.page.keyboard.type(String(act.popup), { delay: 150 });
        }
        for (const selector of act.then || []) {
            await this.tap(selector);
        }
    }

    /** Wait until the screen is not what it was; a second at most. */
    async until(before, memory) {
        const was = JSON.stringify(before);
        for (let count = 0; count < 20; count++) {
            await this.page.waitForTimeout(50);
            const now = await this.look(memory.uuid || null);
            if (!now.busy && JSON.stringify(now) !== was) {
                return;
            }
        }
    }

    /** Come back to the line, send what waits, and tell what the till believes. */
    async settle() {
        this.line.down = false;
        this.line.begin({});
        for (let count = 0; count < 10; count++) {
            const left = await this.page.evaluate(screen.syncNow);
            if ((await this.look(null)).dialog) {
                await this.dismiss();
            } else if (!left) {
                break;
            }
            await this.page.waitForTimeout(200);
        }
        return this.page.evaluate(screen.believed);
    }

    /**
     * Make somebody a member at the till who is none yet; she tries until the customer is chosen.
     *
     * @param {Object} wish mobile, name, plan (what goes wrong), shots
     * @returns {Object} taps, who is chosen then, and how many calls were cut
     */
    async enrol(wish) {
        Object.assign(this, { taps: 0, noted: [] });
        this.line.begin(wish.plan || {});
        let seen = await this.look(null);
        for (let count = 0; count < 4 && !seen.order?.partner; count++) {
            await this.join(wish).catch((error) => this.note("act", error.message));
            seen = await this.look(null);
            for (let open = 0; seen.dialog && open < 3; open++) {
                await this.dismiss();
                seen = await this.look(null);
            }
        }
        const { cut } = this.line;
        this.line.begin({});
        return { taps: this.taps, partner: seen.order?.partner, cut, noted: this.noted };
    }

    async join({ mobile, name, shots }) {
        const { page } = this;
        await this.tap(".club-find");
        await page.locator(".club-finder-text").fill(mobile);
        await page.waitForFunction(screen.isAnswered, "finder");
        if (!(await page.locator(".club-finder-enrol").count())) {
            return; // the club knew her, or did not answer
        }
        await this.picture(shots, "finder");
        await this.tap(".club-finder-enrol");
        await page.locator(".club-enrol-name").fill(name);
        await this.picture(shots, "enrol");
        await this.tap(".club-enrol-confirm");
        await page.waitForFunction(screen.isAnswered, "enrol");
    }
}

module.exports = { Till };
