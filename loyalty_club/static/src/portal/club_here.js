import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** A form that is sent with the place where the telephone is; without it, when that is unknown. */
export class ClubHere extends Interaction {
    static selector = ".o_club_here";
    dynamicContent = {
        _root: { "t-on-submit": this.onSubmit },
    };

    onSubmit(event) {
        if (this.asked || !navigator.geolocation) {
            return;
        }
        this.asked = true;
        event.preventDefault();
        navigator.geolocation.getCurrentPosition(
            (position) => {
                for (const name of ["latitude", "longitude", "accuracy"]) {
                    this.el.elements[name].value = position.coords[name];
                }
                this.el.submit();
            },
            () => this.el.submit(), // the server says what to do
            { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 }
        );
    }
}

registry.category("public.interactions").add("loyalty_club.club_here", ClubHere);
