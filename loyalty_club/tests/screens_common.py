"""Words for the tests of screens: open them as the web client does."""

from lxml import etree

from .access_common import MODULE, AccessCommon


class ScreensCommon(AccessCommon):
    """Opens screens as the web client does: views, then what they read."""

    def our_actions(self):
        """The windows that the module defines."""
        ids = self.env["ir.model.data"].search(
            [("module", "=", MODULE), ("model", "=", "ir.actions.act_window")]
        )
        return self.env["ir.actions.act_window"].browse(ids.mapped("res_id"))

    def open_window(self, action, user):
        """Load all views of ``action`` as ``user`` and read what they show."""
        model = self.env[action.res_model].with_user(user)
        kinds = action.view_mode.split(",")
        loaded = model.get_views([(False, kind) for kind in [*kinds, "search"]])
        archs = {kind: etree.fromstring(view["arch"]) for kind, view in loaded["views"].items()}
        self.env.invalidate_all()
        for kind in kinds:
            getattr(self, f"read_{kind}")(model, archs[kind])
        return archs

    def read_list(self, model, arch):
        model.web_search_read([], self.specification(model, arch), limit=80)

    read_kanban = read_list

    def read_form(self, model, arch, new=True):
        specification = self.specification(model, arch)
        for record in model.search([], limit=5) if not model._transient else model:
            record.web_read(specification)
        if new and model.has_access("create"):
            model.onchange({}, [], specification)

    def read_pivot(self, model, arch):
        for node in arch.iter("field"):
            if node.get("type") in ("row", "col"):
                self.group(model, node.get("name"), node.get("interval"))

    def read_graph(self, model, arch):
        for node in arch.iter("field"):
            if node.get("type") != "measure" and node.get("invisible") != "1":
                self.group(model, node.get("name"), node.get("interval"))

    def group(self, model, name, interval=None):
        name, _colon, given = name.partition(":")
        interval = given or interval
        if model._fields[name].type in ("date", "datetime"):
            name = f"{name}:{interval or 'month'}"
        return model.formatted_read_group([], [name], ["__count"])

    def specification(self, model, arch):
        """What the web client asks for to show ``arch``."""
        found = {}
        for node in arch.xpath(".//field[not(ancestor::field)]"):
            field = model._fields[node.get("name")]
            found[field.name] = {}
            if field.type == "many2one":
                found[field.name] = {"fields": {"display_name": {}}}
            elif field.type in ("one2many", "many2many"):
                comodel = self.env[field.comodel_name].with_user(model.env.user)
                inside = {"display_name": {}}
                for view in node:
                    inside |= self.specification(comodel, etree.fromstring(etree.tostring(view)))
                found[field.name] = {"fields": inside, "limit": 40}
        return found
