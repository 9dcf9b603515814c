import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("club_blocks", {
    steps: () => [
        {
            content: "the banner says what joining brings",
            trigger: ".s_club_banner .o_club_offer:not(.d-none):contains('25')",
        },
        {
            content: "its button leads to the club of the site",
            trigger: ".s_club_banner a.o_club_join[href*='/club/join/']",
        },
        {
            content: "the strip says it as well",
            trigger: ".s_club_strip .o_club_offer:contains('25')",
        },
        {
            content: "the list is filled",
            trigger: ".s_club_benefits .o_club_told_list li:contains('25')",
        },
        {
            content: "close the bar",
            trigger: ".o_club_ribbon .o_club_ribbon_close",
            run: "click",
        },
        {
            content: "it is gone",
            trigger: "body:not(:has(.o_club_ribbon:visible))",
        },
    ],
});

registry.category("web_tour.tours").add("club_blocks_member", {
    steps: () => [
        {
            content: "what members get is there",
            trigger: ".s_club_benefits .o_club_told_list li:contains('25')",
        },
        {
            content: "nobody asks a member to join",
            trigger: "body:not(:has(.o_club_told .o_club_join:visible)):not(:has(.o_club_ribbon))",
        },
        {
            content: "nor tells her of the welcome in big letters",
            trigger: ".s_club_banner:not(:has(.o_club_offer:visible))",
        },
    ],
});
