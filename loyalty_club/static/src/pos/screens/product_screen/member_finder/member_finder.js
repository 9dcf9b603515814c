import { Component, onWillUnmount, useState } from "@odoo/owl";
import { usePos } from "@point_of_sale/app/hooks/pos_hook";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { debounce } from "@web/core/utils/timing";
import { latinDigits } from "@loyalty_club/core/typed";
import { MemberEnrol } from "@loyalty_club/pos/screens/product_screen/member_finder/member_enrol";

const PAUSE = 300; // ms of no typing after which what was typed is looked up
const WHOLE_MOBILE = /^(\+98|0098|0)9\d{9}$/;
const SHORTEST_NAME = 3;
const NOTHING = { searched: "", hits: [], more: false, message: "", enrol: false, place: 0 };

/**
 * One field for everything by which a customer is known. Whoever is named exactly is chosen at
 * once; a number that is nobody's can be enrolled.
 */
export class MemberFinder extends Component {
    static template = "loyalty_club.MemberFinder";
    static components = { Dialog, MemberEnrol };
    static props = { order: Object, close: Function };

    setup() {
        this.pos = usePos();
        this.notification = useService("notification");
        this.state = useState({ text: "", busy: false, asking: false, ...NOTHING });
        this.asked = 0;
        this.findSoon = debounce(() => this.find(), PAUSE);
        useAutofocus({ refName: "text", mobile: true });
        onWillUnmount(() => {
            this.asked += 1; // an answer that comes later chooses nobody any more
            this.findSoon.cancel();
        });
    }

    get text() {
        return this.state.text.trim();
    }

    /** Whether what was typed may be whole: codes are looked up when the cashier says so. */
    get isWhole() {
        const compact = latinDigits(this.text).replace(/[\s()-]/g, "");
        return WHOLE_MOBILE.test(compact) || this.isName;
    }

    get isName() {
        return this.text.length >= SHORTEST_NAME && !/\d/.test(latinDigits(this.text));
    }

    get found() {
        const { searched, hits, message, enrol } = this.state;
        return Boolean(searched && (hits.length || message || enrol));
    }

    // --- what is typed --------------------------------------------------------------------

    onInput() {
        Object.assign(this.state, NOTHING);
        this.findSoon.cancel();
        if (this.isWhole) {
            this.findSoon();
        }
    }

    onKeydown(ev) {
        const steps = { ArrowDown: 1, ArrowUp: -1 };
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.onEnter();
        } else if (ev.key in steps && this.state.hits.length) {
            ev.preventDefault();
            const last = this.state.hits.length - 1;
            this.state.place = Math.min(Math.max(this.state.place + steps[ev.key], 0), last);
        }
    }

    async onEnter() {
        this.findSoon.cancel();
        const { searched, hits, place, enrol } = this.state;
        if (searched !== this.text || !searched) {
            await this.find();
        } else if (hits.length) {
            await this.choose(hits[place]);
        } else if (enrol) {
            this.state.asking = true;
        }
    }

    // --- what is found --------------------------------------------------------------------

    /** Ask the server; an answer to what was typed before is of no use. */
    async find() {
        const { text } = this;
        if (!text) {
            return;
        }
        this.asked += 1;
        const turn = this.asked;
        const answer = await this.whileBusy(() => this.pos.findClubMembers(text));
        if (turn !== this.asked) {
            return;
        }
        if (answer && answer.exact) {
            await this.take(() => this.pos.takeClubAnswer(this.props.order, answer.exact));
        } else if (!answer && this.pos.keepClubCode(text)) {
            this.props.close(); // the number stays with the order
        } else if (text === this.text) {
            this.show(text, answer);
        }
    }

    show(searched, answer) {
        const { hits, more, enrol, message } = answer || NOTHING;
        const silent = answer ? "" : this.unreachable;
        Object.assign(this.state, NOTHING, {
            searched,
            hits,
            more,
            enrol,
            message: message || silent,
        });
    }

    get unreachable() {
        return _t("The club does not answer: the till is offline. Sell without, or try again.");
    }

    async choose(hit) {
        await this.take(() => this.pos.takeClubMember(this.props.order, hit.partner_id));
    }

    async enrol(person) {
        if (!this.state.busy) {
            await this.take(() => this.pos.enrolClubMember(this.props.order, person));
        }
    }

    /**
     * @param {Function} work chooses somebody: true, or why not
     */
    async take(work) {
        const taken = await this.whileBusy(work);
        if (taken === true) {
            this.props.close();
        } else {
            this.state.message = taken || this.unreachable;
        }
    }

    async whileBusy(work) {
        this.state.busy = true;
        try {
            return await work();
        } finally {
            this.state.busy = false;
        }
    }

    // --- ways out -------------------------------------------------------------------------

    goBack() {
        Object.assign(this.state, { asking: false, message: "" });
    }

    showAll() {
        this.props.close();
        this.pos.selectPartner(this.props.order);
    }

    goWithout() {
        this.pos.setPartnerToCurrentOrder(false);
        this.props.close();
    }
}
