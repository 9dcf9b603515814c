{
    "name": "Customer Club for the Web Shop",
    "summary": "A website belongs to a branch of the club; shoppers see what they would earn",
    "version": "19.0.1.0.0",
    "category": "Sales/Loyalty",
    "license": "LGPL-3",
    "author": "Loyalty Club contributors",
    "depends": [
        "website_sale",
        "website_sale_loyalty",
        "sale_loyalty_club",
        "website_loyalty_club",
    ],
    "data": [
        "security/product_security.xml",
        "views/product_template_views.xml",
        "views/branch_views.xml",
        "views/website_views.xml",
        "views/shop_templates.xml",
        "views/product_promise_templates.xml",
    ],
    "assets": {
        "web.assets_frontend": ["website_sale_loyalty_club/static/src/interactions/**/*"],
    },
    "auto_install": ["website_sale", "sale_loyalty_club"],
}
