"""A cashier's journey in a real browser, in its short form; `make browser` plays the long one."""

import sys

from tests.browser.stage import play


def test_what_the_till_shows_as_paid_is_what_the_books_say(capsys):
    line, sound, wrong = play(short=True)

    with capsys.disabled():
        sys.stdout.write(f"\n{line}\n")
    assert sound, wrong
