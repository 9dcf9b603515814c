from odoo.exceptions import UserError
from odoo.http import request


def till_of(config_id):
    """The till that a client names, with the rights of its user: what it is asked for checks them.

    What a client leaves out arrives as None: what a till is asked for refuses it in words.

    :raises UserError: when no till can have this id.
    """
    if type(config_id) is not int or not 0 < config_id < 2**31:
        raise UserError(request.env._("There is no such till. Reload the till's page."))
    return request.env["pos.config"].browse(config_id)
