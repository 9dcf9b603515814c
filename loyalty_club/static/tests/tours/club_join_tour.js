import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("club_join", {
    url: "/club/join",
    steps: () => [
        {
            content: "the number",
            trigger: "input[name=mobile]",
            run: "edit 0912 123 4567",
        },
        {
            content: "send the code",
            trigger: "form[action='/club/mobile'] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the code from the text message",
            trigger: "input[name=code]",
            run: "edit 123456",
        },
        {
            content: "confirm it",
            trigger: "form[action='/club/code'] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the name",
            trigger: "form[action='/club/join/submit'] input[name=name]",
            run: "edit Sara Karimi",
        },
        {
            content: "no consent is ticked beforehand",
            trigger: "form:not(:has(input[type=checkbox]:checked)) button:contains('Join')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "welcome on one's own page",
            trigger: ".alert-success:contains('Welcome')",
        },
        {
            content: "to the cards",
            trigger: ".o_club_pages a:contains('Card')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the card over the whole screen",
            trigger: "a[href*='/cards/']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "a code for the scanner",
            trigger: "svg path",
        },
    ],
});
