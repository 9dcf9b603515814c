"""The CDNOW customers as members of a club: real behaviour under invented names.

Dates are moved by whole weeks, so that weekdays stay and the last purchase is of this week.
Nothing is random: the same day gives the same file.
"""

import csv
import io
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from ..clock import today_in
from ..domain import customer_columns
from ..models.import_run import ImportOptions

SOURCE = Path(__file__).parent / "CDNOW_sample.txt"
LAST_DAY = date(1998, 6, 30)
HEADER = ("کد مشتری", "نام", "موبایل", "شعبه", "تاریخ خرید", "مبلغ خرید", "شماره فاکتور", "امتیاز")
# Of Iran's mobiles this block belongs to no operator: nobody is called by mistake.
MOBILE_BLOCK = "+9899510"
FIRST_MOBILE = 10_000  # the numbers below are those of the other sample members
SCATTER = 1009  # a prime that divides neither number of names: mixes them without repeating any
LATIN_EVERY = 5  # one customer in five writes the name in Latin letters

FIRST_NAMES = (
    *("سارا Sara", "مریم Maryam", "زهرا Zahra", "فاطمه Fatemeh", "نرگس Narges", "لیلا Leila"),
    *("مینا Mina", "نسرین Nasrin", "پریسا Parisa", "شیرین Shirin", "الهام Elham", "آزاده Azadeh"),
    *(
        "مهسا Mahsa",
        "نگار Negar",
        "سمیرا Samira",
        "هانیه Hanieh",
        "ریحانه Reyhaneh",
        "ترانه Taraneh",
    ),
    *("شقایق Shaghayegh", "بهاره Bahareh", "مهناز Mahnaz", "فرزانه Farzaneh", "رویا Roya"),
    *("نیلوفر Niloufar", "کیمیا Kimia", "علی Ali", "رضا Reza", "محمد Mohammad", "حسین Hossein"),
    *("مهدی Mehdi", "امیر Amir", "حمید Hamid", "سعید Saeed", "مجید Majid", "بهرام Bahram"),
    *(
        "کاوه Kaveh",
        "آرش Arash",
        "سیاوش Siavash",
        "فرهاد Farhad",
        "داریوش Dariush",
        "کوروش Kourosh",
    ),
    *("بابک Babak", "نیما Nima", "پویا Pouya", "سینا Sina", "امید Omid", "احسان Ehsan"),
    *("میلاد Milad", "شهرام Shahram", "کامران Kamran"),
)
FAMILY_NAMES = (
    *("احمدی Ahmadi", "محمدی Mohammadi", "رضایی Rezaei", "کریمی Karimi", "حسینی Hosseini"),
    *("مرادی Moradi", "جعفری Jafari", "رحیمی Rahimi", "صادقی Sadeghi", "قاسمی Ghasemi"),
    *("ابراهیمی Ebrahimi", "هاشمی Hashemi", "اکبری Akbari", "نوری Nouri", "صالحی Salehi"),
    *("یوسفی Yousefi", "رستمی Rostami", "نجفی Najafi", "سلیمانی Soleimani", "عباسی Abbasi"),
    *("شریفی Sharifi", "امینی Amini", "فرهادی Farhadi", "زارعی Zarei", "باقری Bagheri"),
    *("حیدری Heidari", "میرزایی Mirzaei", "نیکزاد Nikzad", "تهرانی Tehrani", "شیرازی Shirazi"),
    *("اصفهانی Esfahani", "تبریزی Tabrizi", "کاشانی Kashani", "یزدی Yazdi", "کرمانی Kermani"),
    *("گیلانی Gilani", "بهرامی Bahrami", "پارسا Parsa", "جلالی Jalali", "خسروی Khosravi"),
    *("دانشور Daneshvar", "راد Rad", "سپهری Sepehri", "طاهری Taheri", "فروغی Foroughi"),
    *("کیانی Kiani", "لطفی Lotfi", "مقدم Moghaddam", "وحیدی Vahidi", "همتی Hemmati"),
)


def load(env, club, dry_run=False):
    """Import the customers into ``club``, through the import that users have.

    :param dry_run: write nothing.
    :returns: the import's report.
    """
    importer = env["loyalty.club.import"]
    branches = club.branch_ids.mapped("name")
    data = customers_csv(today_in(club.company_id), branches, club._points_for)
    table = importer._read_table(data)
    meanings = customer_columns.guess(table.columns)
    return importer._run(club, table, meanings, ImportOptions(dry_run=dry_run))


def customers_csv(today, branches=(), points_for=None):
    """The purchases as a CSV file with Persian headings, one row each.

    :param today: the last purchase is of the week before this day.
    :param branches: names of the branches among which the purchases are spread.
    :param points_for: function from a customer's sum of purchases to the opening points.
    :returns: bytes.
    """
    purchases = _purchases()
    totals = defaultdict(Decimal)
    for customer, _day, amount in purchases:
        totals[customer] += Decimal(amount)
    shift = timedelta(days=(today - LAST_DAY).days // 7 * 7)
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(HEADER)
    for number, (customer, day, amount) in enumerate(purchases):
        writer.writerow(
            [
                f"CD{customer:05}",
                _name(customer),
                f"{MOBILE_BLOCK}{FIRST_MOBILE + customer:05}",
                _branch(branches, customer, number),
                f"{day + shift} {10 + number * 7 % 12}:{number * 13 % 60:02}",
                amount,
                f"CDNOW-{number + 1:05}",
                points_for(totals[customer]) if points_for else "",
            ]
        )
    return output.getvalue().encode()


def _purchases():
    """Customer (1 to 2,357), day and amount of each purchase, in the order of the source."""
    rows = (line.split() for line in SOURCE.read_text().splitlines())
    return [
        (int(customer), date.fromisoformat(f"{day[:4]}-{day[4:6]}-{day[6:]}"), amount)
        for _id, customer, day, _discs, amount in rows
    ]


def _name(customer):
    """A name that no other customer has, in one of the two scripts."""
    place = customer * SCATTER % (len(FIRST_NAMES) * len(FAMILY_NAMES))
    first, family = divmod(place, len(FAMILY_NAMES))
    latin = customer % LATIN_EVERY == 0
    return f"{FIRST_NAMES[first].split()[latin]} {FAMILY_NAMES[family].split()[latin]}"


def _branch(branches, customer, number):
    """Mostly the customer's own branch; every fourth purchase happens anywhere."""
    if not branches:
        return ""
    return branches[(number if number % 4 == 0 else customer % 7) % len(branches)]
