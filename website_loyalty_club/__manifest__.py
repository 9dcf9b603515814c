{
    "name": "Customer Club for Websites",
    "summary": "The club in the website: its page, and blocks and a bar that invite to join",
    "version": "19.0.1.0.0",
    "category": "Website/Website",
    "license": "LGPL-3",
    "author": "Loyalty Club contributors",
    "depends": ["website", "loyalty_club"],
    "data": [
        "data/website_menu_data.xml",
        "views/club_templates.xml",
        "views/snippets.xml",
        "views/res_config_settings_views.xml",
    ],
    "assets": {
        "web.assets_frontend": [
            "website_loyalty_club/static/src/interactions/**/*",
            "website_loyalty_club/static/src/scss/**/*",
        ],
        "web.assets_tests": ["website_loyalty_club/static/tests/tours/**/*"],
    },
    "auto_install": True,
}
