from odoo import api, fields, models

from ..clock import today_in


class LoyaltyClub(models.Model):
    """What the club tells people about earning: points in one line, and the rules worth knowing."""

    _inherit = "loyalty.club"

    member_terms = fields.Char(
        string="Points in one line",
        compute="_compute_member_terms",
        help="How points work, as members and people who may join read it.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "point_name",
        "earn_points",
        "earn_per_amount",
        "point_value",
        "currency_id",
        "company_id.rial_shown",
    )
    @api.depends_context("lang", "uid", "club_for_customers")
    def _compute_member_terms(self):
        for club in self:
            club.member_terms = bool(club.earn_points) and self.env._(
                "Every %(amount)s you spend brings %(count)s %(points)s; %(hundred)s %(points)s "
                "take %(value)s off.",
                amount=club._money_text(club.earn_per_amount),
                count=club._plain(club.earn_points),
                points=club.point_name,
                hundred=club._plain(100),
                value=club._money_text(100 * club.point_value),
            )

    # === BUSINESS METHODS === #

    def _told_rules(self, member=None):
        """Rules in force that members are told of, today.

        :param member: loyalty.club.member: those that are for others are left out. Nobody: only
            rules that are for everybody.
        :returns: loyalty.club.earn.rule, in their order; read ``note`` of each.
        """
        self.ensure_one()
        now, today = fields.Datetime.now(), today_in(self.company_id).isoformat()
        # sudo: what a rule says to members is for everybody's eyes
        member = member.sudo() if member else self.env["loyalty.club.member"]
        ids = [
            spec["rule"]
            for _version, since, until, spec in self.env["loyalty.club.earn.version"]._specs(
                self.id
            )
            if spec["rule"]
            and since <= now < (until or fields.Datetime.add(now, days=1))
            and (spec["when"]["until"] or today) >= today
            and _is_for(spec["who"], member)
        ]
        rules = self.env["loyalty.club.earn.rule"].sudo()  # sudo: as above
        return rules.browse(ids).filtered("note").sorted(lambda rule: (rule.sequence, rule.id))


def _is_for(who, member):
    """Whether a rule may be for ``member``: her tier, her segments, what she is."""
    if who["tiers"] and member.tier_id.id not in who["tiers"]:
        return False
    segments = set(member.segment_ids.ids) if who["segments"] or who["not_segments"] else set()
    if who["segments"] and not segments & set(who["segments"]):
        return False
    if segments & set(who["not_segments"]):
        return False
    company = "company" if member.partner_id.is_company else "person"
    return not who["kinds"] or bool({company, member.kind} & set(who["kinds"]))
