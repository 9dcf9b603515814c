"""People and things are found however their names were typed."""

from odoo.tests import tagged

from odoo.addons.web_jalali.tests.common import JalaliCase


@tagged("post_install", "-at_install")
class TestPersianSearch(JalaliCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # In English, so that names stay as they were typed.
        cls.people = cls.env["res.partner"].create(
            [
                {"name": "علی کریمی شماره 12", "city": "ري"},
                {"name": "علي كريمي شماره 12", "city": "ری"},
                {"name": "Ali Karimi", "city": "Rey"},
            ]
        )
        cls.persian_people = cls.people[:2]
        cls.ours = [("id", "in", cls.people.ids)]

    def test_lists_groups_and_counts_agree(self):
        model = self.env["res.partner"]
        for text in ("علی کریمی", "علي كريمي", "کریمی شماره ۱۲", "كريمي شماره ١٢"):
            domain = [*self.ours, "|", ("name", "ilike", text), ("name", "ilike", "zzz")]
            found = model.web_search_read(domain, {"name": {}})
            self.assertEqual(
                {record["id"] for record in found["records"]}, set(self.persian_people.ids), text
            )
            self.assertEqual(model.search_count(domain), 2)
            groups = model.formatted_read_group(domain, ["city"], ["__count"])
            self.assertEqual(sum(group["__count"] for group in groups), 2)
            listed = model.web_read_group(domain, ["city"])
            self.assertEqual(sum(group["__count"] for group in listed["groups"]), 2)
            (everything,) = model.formatted_read_grouping_sets(domain, [[]], ["__count"])
            self.assertEqual(everything[0]["__count"], 2)

    def test_names_in_fields(self):
        for text in ("علی کریمی شماره ۱۲", "علي كريمي"):
            found = self.env["res.partner"].name_search(text, self.ours)
            self.assertEqual({id_ for id_, _name in found}, set(self.persian_people.ids))
        self.assertEqual(len(self.env["res.partner"].name_search("علی", self.ours, limit=1)), 1)

    def test_what_was_typed_exactly_comes_first(self):
        found = self.env["res.partner"].name_search("علي", self.ours)
        self.assertEqual(found[0][0], self.people[1].id)

    def test_not_is_not_of_every_spelling(self):
        domain = [*self.ours, "!", ("name", "ilike", "علي")]
        found = self.env["res.partner"].web_search_read(domain, {"name": {}})
        self.assertEqual([record["id"] for record in found["records"]], self.people[2].ids)

    def test_other_texts_are_searched_as_ever(self):
        domain = [*self.ours, ("name", "ilike", "ali")]
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.assertEqual(self.env["res.partner"].search_count(domain), 1)
