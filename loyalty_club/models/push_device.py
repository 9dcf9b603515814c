"""Browsers on which a member wants to be told what happens."""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..domain.codes import InputError
from ..public_http import RefusedAddressError, public_addresses
from ..web_push import PushSender, Subscription, key_mark, push_keys, read_subscription

_logger = logging.getLogger(__name__)
MOST = 10  # devices of one membership
_TRIES = (30, 24 * 3600)  # how often one member registers a device in a day
_NAME = 60


class LoyaltyClubPushDevice(models.Model):
    """A browser that a member has opened the club in and that shows her its notifications.

    Where it is reached stays with the server: whoever knows the address could write to it.
    """

    _name = "loyalty.club.push.device"
    _inherit = ["loyalty.club.own.work"]
    _description = "Device for Notifications"
    _order = "id desc"
    _log_access = False

    name = fields.Char(required=True, readonly=True)
    member_id = fields.Many2one(
        "loyalty.club.member", required=True, readonly=True, ondelete="cascade", index=True
    )
    club_id = fields.Many2one(related="member_id.club_id", store=True, precompute=True)
    company_id = fields.Many2one(related="member_id.company_id", store=True, precompute=True)
    since = fields.Datetime(
        string="Turned on", required=True, readonly=True, default=fields.Datetime.now
    )
    told_at = fields.Datetime(string="Last notification", readonly=True)
    mark = fields.Char(
        required=True, readonly=True, help="By which a browser recognises itself in the list."
    )
    endpoint = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    p256dh = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    auth = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    key_mark = fields.Char(
        required=True,
        readonly=True,
        help="The server's key that the browser knows; by another one it is not reached.",
    )

    _device_unique = models.Constraint(
        "UNIQUE (mark, member_id)", "This device is in the member's list already."
    )

    # === BUSINESS METHODS - THE LIST === #

    @api.model
    def _turn_on(self, member, endpoint, p256dh, auth, name):
        """Put the browser that asks into the list of a membership; twice is once.

        Whoever holds a browser's address uses that browser: it tells nothing to anybody else
        from now on. The caller has found the membership to be the person's own.

        :param name: how the member will recognise it.
        :returns: the device.
        :raises UserError: with a sentence for the member.
        """
        if not member.club_id.notify_devices or member.state == "closed":
            raise UserError(self.env._("This club sends no notifications to devices."))
        limits = self.env["loyalty.club.rate.limit"]
        bucket = (f"push-device:{member.id}", *_TRIES)
        if not limits._allow(*bucket):
            raise UserError(limits._refusal_text(limits._wait(*bucket)))
        subscription = self._checked(endpoint, p256dh, auth)
        # sudo: members have no rights on the club's models; the row is her own
        devices = self.sudo()
        mark = key_mark(subscription.endpoint)
        same = devices.search([("mark", "=", mark)])
        same.filtered(lambda one: one.member_id.partner_id != member.partner_id).unlink()
        known = same.exists().filtered(lambda one: one.member_id == member)
        values = {
            **subscription._asdict(),
            "name": " ".join((name or "").split())[:_NAME] or self.env._("Browser"),
            "key_mark": key_mark(self._keys().public),
        }
        if known:
            known.write(values)
            return known
        self._make_room(member)
        return devices.create({**values, "mark": mark, "member_id": member.id})

    def _make_room(self, member):
        """:raises UserError: when the list is full."""
        # sudo: her own list
        self.env.cr.execute(
            SQL("SELECT id FROM loyalty_club_member WHERE id = %s FOR NO KEY UPDATE", member.id)
        )
        if self.sudo().search_count([("member_id", "=", member.id)]) >= MOST:
            raise UserError(
                self.env._(
                    "You have turned on notifications on %(count)s devices, and that is as many as "
                    "there can be. Remove one from the list first.",
                    count=MOST,
                )
            )

    def _checked(self, endpoint, p256dh, auth):
        """:raises UserError: when it is nothing that the server may send to."""
        try:
            subscription = read_subscription(endpoint, p256dh, auth)
            host = subscription.endpoint.split("/")[2].partition(":")[0]
            public_addresses(host, 443)
        except InputError as error:
            raise UserError(
                self.env._("This browser's notifications cannot be used here. Try another browser.")
            ) from error
        except RefusedAddressError as error:
            raise UserError(
                self.env._(
                    "The shop's server cannot reach the service that brings notifications to this "
                    "browser. Try again later, or use another browser."
                )
            ) from error
        return subscription

    # === BUSINESS METHODS - SENDING === #

    @api.model
    def _keys(self):
        return push_keys(self.env.cr.dbname)

    @api.model
    def _sender(self):
        """What speaks to the push services."""
        return PushSender(self._keys(), self.browse().get_base_url())

    @api.model
    def _reached(self, domain):
        """Devices under ``domain`` that notifications reach now, each browser once."""
        reached = (
            Domain("club_id.notify_devices", "=", True)
            & Domain("member_id.state", "!=", "closed")
            & Domain("key_mark", "=", key_mark(self._keys().public))
        )
        # sudo: whoever sends a message needs no right to know by which way it goes
        devices = self.sudo().search(Domain(domain) & reached)
        return devices.browse({device.mark: device.id for device in reversed(devices)}.values())

    def _push(self, payload_for, seconds):
        """Send a notification to these devices; those that are no more leave the list.

        :param payload_for: function of a device to the text it gets.
        :param seconds: how long it waits for a device that is switched off.
        :returns: the devices whose push service took it.
        """
        sender = self._sender()
        outcomes = {}
        for device in self:
            subscription = Subscription(device.endpoint, device.p256dh, device.auth)
            outcomes[device] = sender.send(subscription, payload_for(device), seconds)
        taken = self.filtered(lambda device: outcomes[device] == "taken")
        taken.told_at = fields.Datetime.now()
        gone = self.filtered(lambda device: outcomes[device] == "gone")
        marks = gone.mapped("mark")
        if marks:
            _logger.info("%s devices are reached no more and leave the list.", len(marks))
            self.search([("mark", "in", marks)]).unlink()
        return taken

    # === BUSINESS METHODS - MERGE === #

    @api.model
    def _hand_over(self, source, survivor):
        """The devices of a membership that became part of another one follow it."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE loyalty_club_push_device AS device
                   SET member_id = %(survivor)s, club_id = %(club)s, company_id = %(company)s
                 WHERE member_id = %(source)s AND NOT EXISTS (
                       SELECT FROM loyalty_club_push_device AS own
                        WHERE own.member_id = %(survivor)s AND own.mark = device.mark)
                """,
                source=source.id,
                survivor=survivor.id,
                club=survivor.club_id.id,
                company=survivor.company_id.id,
            )
        )
        self.invalidate_model()


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    push_device_ids = fields.One2many("loyalty.club.push.device", "member_id", readonly=True)

    # === CRUD METHODS === #

    @api.model
    def _is_own_field(self, name):
        return name == "push_device_ids" or super()._is_own_field(name)

    # === BUSINESS METHODS === #

    def _hand_over_profile(self, survivor):
        result = super()._hand_over_profile(survivor)
        self.env["loyalty.club.push.device"]._hand_over(self, survivor)
        return result
