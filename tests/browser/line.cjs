/**
 * The line between a till and the server: counts the calls, and breaks where it is told to.
 */

const CALLS = /\/(web\/dataset\/call_kw|loyalty_club\/till)\//;

class Line {
    constructor() {
        this.begin({});
    }

    /**
     * Count anew, and break as planned.
     *
     * @param {{name?: string, at?: number, lost?: "request"|"answer", times?: number,
     *  then?: function}} plan from the call of that name (its `at`th, from 0) on, `times` calls
     *  are lost, before or after the server has done them; `then` runs right after
     */
    begin(plan) {
        this.plan = plan;
        this.calls = [];
        this.cut = 0;
        this.down = false;
    }

    /** Have every request of this browser pass here. */
    async carry(context) {
        await context.route("**/*", (route) => this.pass(route));
    }

    async pass(route) {
        const url = new URL(route.request().url());
        if (this.down && !url.pathname.startsWith("/web/assets")) {
            return this.lose(route);
        }
        if (!CALLS.test(url.pathname)) {
            return route.continue();
        }
        const name = url.pathname.split("/").slice(3).slice(-2).join(".");
        this.calls.push(name);
        if (!this.isDue(name)) {
            return route.continue();
        }
        this.cut += 1;
        if (this.plan.lost === "answer") {
            await route.fetch().catch(() => false);
        }
        await this.lose(route);
        await this.plan.then?.();
        return undefined;
    }

    isDue(name) {
        const { name: wanted, at = 0, times = 1 } = this.plan;
        if (this.cut) {
            return this.cut < times;
        }
        return name === wanted && this.calls.filter((call) => call === name).length === at + 1;
    }

    async lose(route) {
        // The page may be gone meanwhile.
        await route.abort("connectionfailed").catch(() => false);
    }
}

module.exports = { Line };
