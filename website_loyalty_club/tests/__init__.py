from . import test_website_club
