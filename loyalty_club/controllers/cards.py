from werkzeug.exceptions import NotFound

from odoo.http import Controller, request, route

from .answers import file_answer


class CardController(Controller):
    """Cards to print, for staff, who see what they may read of the club."""

    @route(
        "/loyalty_club/cards/<int:print_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def cards(self, print_id, **_kwargs):
        """The file that the signed-in person has asked for in the dialogue “Print cards”.

        What somebody else asked for and what does not exist are answered alike.
        """
        wizards = request.env["loyalty.club.card.print"]
        if not wizards.has_access("read"):
            raise NotFound
        wizard = wizards.search([("id", "=", print_id)])
        if not wizard:
            raise NotFound
        sheet = request.env["loyalty.club.card.sheet"].with_context(lang=wizard.lang)
        name, media_type, data = sheet._render(wizard._cards(), wizard.layout)
        return file_answer(name, media_type, data)
