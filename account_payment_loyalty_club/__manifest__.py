{
    "name": "Customer Club Online Top-up",
    "summary": "Members pay credit in online, through Odoo's payment providers",
    "version": "19.0.1.0.0",
    "category": "Sales/Loyalty",
    "license": "LGPL-3",
    "author": "Loyalty Club contributors",
    "depends": ["account_payment", "loyalty_club"],
    "data": [
        "views/wallet_kind_views.xml",
        "views/payment_transaction_views.xml",
        "views/topup_templates.xml",
    ],
    "auto_install": True,
}
