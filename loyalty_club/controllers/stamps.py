from werkzeug.exceptions import NotFound

from odoo.http import Controller, request, route

from .answers import file_answer


class StampController(Controller):
    """Stamp cards to print, for staff, who see what they may read of the club."""

    @route(
        "/loyalty_club/stamps/<int:print_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def stamps(self, print_id, **_kwargs):
        """The file that the signed-in person has asked for in “Print stamp cards”.

        What somebody else asked for and what does not exist are answered alike.
        """
        wizards = request.env["loyalty.club.stamp.print"]
        wizard = wizards.has_access("read") and wizards.search([("id", "=", print_id)])
        if not wizard:
            raise NotFound
        sheet = request.env["loyalty.club.stamp.sheet"].with_context(lang=wizard.lang)
        name, media_type, data = sheet._render(wizard.program_id, wizard.member_ids, wizard.blank)
        return file_answer(name, media_type, data)
