{
    "name": "Customer Club for Surveys",
    "summary": "Members earn points for answering surveys, once each, by the club's rules",
    "version": "19.0.1.0.0",
    "category": "Sales/Loyalty",
    "license": "LGPL-3",
    "author": "Loyalty Club contributors",
    "depends": ["survey", "loyalty_club"],
    "data": ["views/survey_views.xml"],
    "auto_install": True,
}
