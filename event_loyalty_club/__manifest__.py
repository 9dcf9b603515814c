{
    "name": "Customer Club for Events",
    "summary": "Members earn points for coming to events, once each, by the club's rules",
    "version": "19.0.1.0.0",
    "category": "Sales/Loyalty",
    "license": "LGPL-3",
    "author": "Loyalty Club contributors",
    "depends": ["event", "loyalty_club"],
    "data": ["views/event_views.xml"],
    "auto_install": True,
}
