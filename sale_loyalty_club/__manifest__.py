{
    "name": "Customer Club for Sales Orders",
    "summary": "Club points earned on invoices and spent on sales orders, on the club's ledger",
    "version": "19.0.1.0.0",
    "category": "Sales/Loyalty",
    "license": "LGPL-3",
    "author": "Loyalty Club contributors",
    "depends": ["sale_loyalty", "sale_stock", "loyalty_club"],
    "data": [
        "views/sale_order_views.xml",
        "views/sale_grade_views.xml",
        "views/account_move_views.xml",
        "views/sale_portal_templates.xml",
    ],
    "post_init_hook": "post_init_hook",
    "auto_install": True,
}
