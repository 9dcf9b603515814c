{
    "name": "Jalali Calendar",
    "summary": "Persian dates, digits and font for who reads Persian; others see no change",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tools",
    "license": "LGPL-3",
    "author": "Loyalty Club contributors",
    "depends": ["base_import", "mail", "web"],
    "external_dependencies": {"python": ["jdatetime"]},
    "data": ["views/ir_sequence_views.xml", "views/res_config_settings_views.xml"],
    "assets": {
        "web._assets_primary_variables": [
            ("prepend", "web_jalali/static/src/scss/primary_variables.scss"),
        ],
        # Odoo's modules take the functions they use at their start: ours must start first.
        "web._assets_core": [
            ("before", "web/static/src/env.js", "web_jalali/static/src/core/**/*"),
        ],
        "web.assets_frontend": [
            ("before", "web/static/src/env.js", "web_jalali/static/src/core/**/*"),
            "web_jalali/static/src/scss/fonts.scss",
            "web_jalali/static/src/scss/frontend_fonts.scss",
        ],
        "web.assets_backend": [
            ("before", "web/static/src/env.js", "web_jalali/static/src/backend/**/*"),
            "web_jalali/static/src/scss/fonts.scss",
        ],
        "point_of_sale._assets_pos": [
            "web_jalali/static/src/scss/fonts.scss",
        ],
        "web.report_assets_common": [
            "web_jalali/static/src/scss/fonts.scss",
            "web_jalali/static/src/scss/report_fonts.scss",
        ],
        "web.assets_tests": ["web_jalali/static/tests/tours/**/*"],
        "web.assets_unit_tests": ["web_jalali/static/tests/unit/**/*"],
    },
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
