import { registry } from "@web/core/registry";
import { addLoadingEffect } from "@web/core/utils/ui";
import { Interaction } from "@web/public/interaction";

/** A form that was sent is not sent again by an impatient finger. */
export class ClubForm extends Interaction {
    static selector = ".o_club_form";
    dynamicContent = {
        _root: { "t-on-submit": this.onSubmit },
    };

    onSubmit(event) {
        const button = event.submitter || this.el.querySelector("button[type=submit]");
        // A button that is off at once would not be part of what is sent.
        this.waitForTimeout(() => {
            if (button && !button.disabled) {
                this.registerCleanup(addLoadingEffect(button));
            }
        }, 0);
    }
}

registry.category("public.interactions").add("loyalty_club.club_form", ClubForm);
