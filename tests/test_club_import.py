"""`odoo club_import` in processes of its own: what it prints, its exit codes, and two at once."""

import csv
import io
import subprocess

import psycopg2
import pytest
from clubtool import testing

ROWS = 300


@pytest.fixture(scope="module")
def database():
    name = testing.copy_database("club_import")
    yield name
    testing.drop_database(name)


def start(database, *options):
    """The command, started."""
    installation = testing.installation()
    return subprocess.Popen(
        [str(word) for word in installation.command("club_import", "-d", database, *options)],
        env=installation.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(database, *options):
    """The command's exit code, what it printed, and what it complained of."""
    process = start(database, *options)
    output, complaints = process.communicate(timeout=120)
    return process.returncode, output, complaints


def write_csv(path, *rows):
    """A file of customers with a name, a mobile and a purchase each."""
    output = io.StringIO()
    csv.writer(output).writerows([("نام", "موبایل", "تاریخ خرید", "مبلغ"), *rows])
    path.write_text(output.getvalue())
    return path


def count(database, table):
    """How many rows a table holds."""
    connection = psycopg2.connect(**testing.connect_kwargs(database))
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM {table}")
            return cursor.fetchone()[0]
    finally:
        connection.close()


def test_counts_bad_rows_and_exit_codes(database, tmp_path):
    good = ("سارا", "09951030001", "1403/05/12", "100")
    bad = ("رضا", "0912", "1403/05/12", "100")
    file = write_csv(tmp_path / "customers.csv", good, bad)
    report = tmp_path / "report.csv"
    before = count(database, "loyalty_club_member")

    code, output, _complaints = run(database, "--file", file, "--dry-run", "--report", report)
    assert (code, count(database, "loyalty_club_member")) == (1, before)
    assert output.startswith("dry run\n")
    assert "row 3: \u2068موبایل\u2069: “\u20680912\u2069” is not a telephone number" in output
    assert len(report.read_text().splitlines()) == 3

    assert run(database, "--file", file, "--stop-on-error")[0] == 1
    assert count(database, "loyalty_club_member") == before

    assert run(database, "--file", file, "--club", "Golestan Club")[0] == 1
    assert count(database, "loyalty_club_member") == before + 1

    code, output, _complaints = run(database, "--file", write_csv(file, good))
    assert (code, count(database, "loyalty_club_member")) == (0, before + 1)
    assert "already there           1" in output


def test_columns_are_named_by_hand(database, tmp_path):
    file = tmp_path / "kunden.csv"
    file.write_text("Nr;Wer\nX-1;Anna\n")
    assert run(database, "--file", file)[0] == 2

    options = ("--map", "Nr=external_ref", "--map", "Wer=name")
    assert run(database, "--file", file, *options)[0] == 0


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--file", "/nowhere.csv"), "No such file"),
        (("--file", __file__, "--club", "No such club"), "Golestan Club"),
        (("--file", __file__, "--map", "Colour=name"), "Colour"),
        (("--file", __file__, "--language", "xx_XX"), "xx_XX"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_a_sentence(database, options, complaint):
    code, _output, complaints = run(database, *options)

    assert code == 2
    assert complaint in complaints
    assert "Traceback" not in complaints


def test_two_imports_of_one_file_at_once_make_nobody_twice(database, tmp_path):
    people = [
        (f"Kunde {n}", f"099510{40000 + n}", "1403/05/12", str(n)) for n in range(1, ROWS + 1)
    ]
    file = write_csv(tmp_path / "customers.csv", *people)
    members, purchases = (
        count(database, f"loyalty_club_{name}") for name in ("member", "purchase")
    )

    processes = [start(database, "--file", file) for _ in range(2)]
    outputs = [process.communicate(timeout=240)[0] for process in processes]

    assert [process.returncode for process in processes] == [0, 0], outputs
    assert count(database, "loyalty_club_member") == members + ROWS
    assert count(database, "loyalty_club_purchase") == purchases + ROWS
