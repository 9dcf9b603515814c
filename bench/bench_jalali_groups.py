"""A million records grouped by Jalali month, as the web client of a Persian user asks for them.

Reference: the same call for an English user, which PostgreSQL's date_trunc answers. Both group
moments in the zone of Tehran. JALALI_ROWS=20000 makes a smaller table.
"""

import os
import statistics
import time

from clubtool.bench import Result
from clubtool.console import say

ROWS = int(os.environ.get("JALALI_ROWS", "1000000"))
ROUNDS = 5
SPEC = "date:month"


def run(context):
    """Medians of both calls, turn by turn, on one table."""
    name = context.small_database("jalali_bench", ["web_jalali"])
    try:
        with context.env(name) as env:
            _fill(env)
            users = {lang: _model(env, lang) for lang in ("fa_IR", "en_US")}
            times = {lang: [] for lang in users}
            for _round in range(ROUNDS + 1):
                for lang, model in users.items():
                    times[lang].append(_seconds(model, lang))
    finally:
        context.drop_database(name)
    # The first round loads what is loaded once per process.
    ours, reference = (statistics.median(times[lang][1:]) for lang in ("fa_IR", "en_US"))
    say(f"  jalali_groups: {ours:.2f} s for Jalali months, {reference:.2f} s for Gregorian ones")
    return Result("jalali_groups", ours, reference, "s", ROWS)


def _model(env, lang):
    env["res.lang"]._activate_lang(lang)
    return env["mail.message"].with_context(lang=lang, tz="Asia/Tehran").sudo()


def _seconds(model, lang):
    model.env.invalidate_all()
    start = time.perf_counter()
    groups = model.formatted_read_group([], [SPEC], ["__count"])
    seconds = time.perf_counter() - start
    assert sum(group["__count"] for group in groups) >= ROWS
    assert (groups[-1][SPEC][1][0] in "۰۱۲۳۴۵۶۷۸۹فاختمشآدب") == (lang == "fa_IR"), groups[-1]
    return seconds


def _fill(env):
    """Messages of ten years."""
    env.cr.execute(
        """
        INSERT INTO mail_message (message_type, date, create_date)
        SELECT 'comment', moment, moment
          FROM generate_series(1, %s) AS number,
               LATERAL (SELECT TIMESTAMP '2016-03-20' + number * INTERVAL '10 years' / %s)
                    AS made(moment)
        """,
        [ROWS, ROWS],
    )
    env.cr.commit()
    env.cr.execute("ANALYZE mail_message")
