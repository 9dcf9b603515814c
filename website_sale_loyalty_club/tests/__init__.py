from . import test_website_branch
