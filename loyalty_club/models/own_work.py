from odoo import api, models


class LoyaltyClubOwnWork(models.AbstractModel):
    """Records of which some fields, or all, are set by our own code alone.

    A value that is missing when a record is made is looked up in the context, which any client
    sends, and in users' personal defaults, which any employee writes. Neither may say what a
    wallet holds, or who approved what: such fields know only the defaults of their own
    declaration, whatever rights the request has.
    """

    _name = "loyalty.club.own.work"
    _description = "Fields Written by Our Own Code"

    # Names of those fields; None: all but the ones that are open.
    _own = None
    _open = frozenset()

    @api.model
    def _is_own_field(self, name):
        """Whether only our own code sets the field ``name``."""
        return name not in self._open if self._own is None else name in self._own

    @api.model
    def _has_own_default(self, name):
        """Whether no client says by a default what the field ``name`` holds."""
        return self._is_own_field(name)

    @api.model
    def default_get(self, fields):
        own = {name for name in fields if self._has_own_default(name)}
        values = super().default_get([name for name in fields if name not in own])
        for name in own:
            if self._fields[name].default:
                value = self._fields[name].default(self)
                values[name] = value.id if isinstance(value, models.BaseModel) else value
        return values
