"""Runs in an Odoo shell on a fresh template: what tests and the demo need and a shop does not."""

# Debian leaves this library out for its licence, and the bundle that lists it logs an error,
# which fails every browser test of the back office.
MISSING = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
Asset = env["ir.asset"]
if not Asset.search_count([("path", "=", MISSING)]):
    Asset.create(
        {
            "name": "Left out by Debian: selfie_segmentation",
            "bundle": "web.assets_backend",
            "directive": "remove",
            "path": MISSING,
        }
    )

# Compiling the bundles takes half a minute: once here, not in every copy.
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
