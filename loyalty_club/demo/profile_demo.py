"""What the people of the sample club tell of themselves: one all that is asked, others a part."""

from odoo import Command, fields

from ..clock import today_in

# What the club asks beyond what every club does.
ASKED = ("area_id", "education", "occupation", "family_ids")
# Provinces, and their quarters where the club's shops are.
AREAS = {"Tehran": ("Vanak", "Tajrish"), "Isfahan": ("Jolfa",)}
INTERESTS = ("Specialty coffee", "Persian tea", "Sweets and baking", "Gifts", "Reading")
# Member: sex, birthday, education, occupation, area, channel, reward, interests (by place in the
# list). Who has a birthday in some days, in whatever month this is, has their number instead.
PEOPLE = {
    "sara": ("female", "1990-03-21", "bachelor", "Architect", "Vanak", "sms", "points", (0, 2, 4)),
    "reza": ("male", "1978-11-02", "diploma", "Taxi driver", "Vanak", "phone", "discount", (1,)),
    "leila": ("female", "1985-07-15", "master", "Physician", "Tajrish", "email", "gift", (2, 3)),
    "nasrin": (
        "female",
        "1969-12-21",
        "bachelor",
        "Confectioner",
        "Tajrish",
        "sms",
        "credit",
        (2,),
    ),
    "ali": ("male", "2001-05-09", "bachelor", "Student", "Jolfa", "push", "experience", (0, 4)),
    "zahra": ("female", "1995-09-30", "doctor", "Lecturer", "Jolfa", "email", "gift", (1, 3)),
    "omid": ("male", False, False, False, False, "sms", False, ()),
    "pars": (False, False, False, False, "Tehran", "email", "credit", ()),
    "azure": (False, False, False, False, "Isfahan", "email", "discount", ()),
    "samira": ("female", 5, "associate", "Cashier", "Vanak", "push", "discount", (0,)),
}
FAMILY = {"sara": [("Kian", "child", "2016-06-05"), ("Babak", "spouse", False)]}


def load(club):
    """Let the members of the sample club answer; called once, by the sample data."""
    asked = club.profile_field_ids.filtered(lambda field: field.code in ASKED)
    asked.write({"asked": True, "step": "profile"})
    areas, interests = _areas(club), _interests(club)
    for name, answers in PEOPLE.items():
        sex, birthday, education, occupation, area, channel, reward, likes = answers
        club.env.ref(f"loyalty_club.member_{name}").write(
            {
                "sex": sex,
                "birthday": _birthday(club, birthday),
                "education": education,
                "occupation": occupation,
                "area_id": areas[area].id if area else False,
                "preferred_channel": channel,
                "preferred_reward": reward,
                "interest_ids": [Command.set([interests[at].id for at in likes])],
                "family_ids": [
                    Command.create({"name": first, "relation": relation, "birthday": day})
                    for first, relation, day in FAMILY.get(name, ())
                ],
            }
        )


def _birthday(club, day):
    if not isinstance(day, int) or day is False:
        return day
    soon = fields.Date.add(today_in(club.company_id), days=day)
    return fields.Date.subtract(soon, years=28)


def _areas(club):
    """The areas by name: provinces with their quarters."""
    areas = club.env["loyalty.club.area"]
    provinces = areas.create([{"name": name, "club_id": club.id} for name in AREAS])
    quarters = areas.create(
        [
            {"name": name, "parent_id": province.id, "club_id": club.id}
            for province in provinces
            for name in AREAS[province.name]
        ]
    )
    return (provinces | quarters).grouped("name")


def _interests(club):
    """The interests, in the order of their names above."""
    return club.env["loyalty.club.interest"].create(
        [
            {"name": name, "club_id": club.id, "sequence": at, "color": at + 1}
            for at, name in enumerate(INTERESTS)
        ]
    )
