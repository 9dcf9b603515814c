from lxml import etree

from odoo import api, models


class LoyaltyClubEarnRule(models.Model):
    """Which fields belong to which way of earning; ways that other files add show theirs too."""

    _inherit = "loyalty.club.earn.rule"

    # === CRUD METHODS === #

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Put the fields of added types into the form, each shown for its type alone, and let
        nobody type into a rule that only a manager may change."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            group = arch.find(".//group[@name='how_much']")
            present = {node.get("name") for node in arch.iter("field")}
            for type_, names in self._type_fields().items():
                for name in [name for name in names if name not in present]:
                    hidden = f"type != '{type_}'"
                    etree.SubElement(group, "field", name=name, invisible=hidden)
            for node in arch.iter("field"):
                if not (node.get("readonly") or self._fields[node.get("name")].readonly):
                    node.set("readonly", "not can_edit")
        return arch, view

    # === BUSINESS METHODS === #

    @api.model
    def _type_fields(self):
        """Fields by type (key of the field ``type``). A new type adds its own.

        :returns: dict of type to a tuple of field names.
        """
        return {
            "per_amount": ("points", "per_amount"),
            "per_unit": ("points",),
            "per_visit": ("points",),
            "percent": ("percent",),
            "multiplier": ("factor",),
        }

    @api.model
    def _own_fields_of_types(self):
        """Every field that some type has: a list of names."""
        return sorted({name for names in self._type_fields().values() for name in names})
