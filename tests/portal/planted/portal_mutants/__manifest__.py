{
    "name": "Customer club: bugs planted for the portal's harness",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Customer Club",
    "depends": ["loyalty_club"],
    "installable": False,
}
