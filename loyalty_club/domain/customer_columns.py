"""The columns of a file of customers: what they may hold, and how files call them."""

import re
from collections.abc import Sequence

from .codes import fold_persian

# What a column may hold, and the names by which files call it. A name counts whatever its
# spelling, blanks and punctuation; a column takes the first meaning that is still free.
COLUMNS = {
    "external_ref": (
        *("external reference", "external id", "reference", "ref", "customer id", "customer code"),
        *("customer number", "customer no", "customer", "client id", "client code", "id", "code"),
        *("کد مشتری", "شماره مشتری", "شناسه مشتری", "کد اشتراک", "شماره اشتراک", "اشتراک", "کد"),
        *("شناسه", "مشتری", "کد طرف حساب", "کد شخص"),
    ),
    "number": (
        *("member number", "membership number", "member no", "member id"),
        *("شماره عضویت", "کد عضویت", "شماره عضو", "شماره کارت عضویت"),
    ),
    "name": (
        *("name", "full name", "customer name", "client name", "member name", "first name"),
        *("given name", "نام", "نام کامل", "نام مشتری", "نام و نام خانوادگی", "نام طرف حساب"),
        *("نام کوچک", "نام عضو", "نام و فامیل"),
    ),
    "family_name": (
        *("family name", "last name", "surname", "family"),
        *("نام خانوادگی", "فامیل", "فامیلی", "نام فامیل"),
    ),
    "mobile": (
        *("mobile", "mobile number", "mobile no", "mobile phone", "cell", "cell phone"),
        *("phone", "phone number", "telephone", "tel", "موبایل", "شماره موبایل", "تلفن همراه"),
        *("شماره تلفن همراه", "شماره همراه", "همراه", "تلفن", "شماره تلفن", "شماره تماس"),
    ),
    "email": (
        *("email", "email address", "mail"),
        *("ایمیل", "رایانامه", "پست الکترونیک", "پست الکترونیکی", "آدرس ایمیل", "نشانی ایمیل"),
    ),
    "national_code": (
        *("national code", "national id", "national number", "legal entity id", "کد ملی"),
        *("شماره ملی", "کدملی مشتری", "شناسه ملی"),
    ),
    "card_number": (
        *("card number", "card no", "card", "loyalty card", "club card", "card id"),
        *("شماره کارت", "شماره کارت باشگاه", "کارت", "کارت باشگاه", "کد کارت"),
    ),
    "birthday": (
        *("birthday", "birth date", "date of birth", "born on", "dob"),
        *("تاریخ تولد", "تولد", "روز تولد", "متولد"),
    ),
    "anniversary": (
        *("anniversary", "wedding date", "wedding anniversary", "date of marriage"),
        *("تاریخ ازدواج", "سالگرد ازدواج", "ازدواج"),
    ),
    "sex": ("sex", "gender", "جنسیت", "جنس"),
    "education": ("education", "degree", "level of education", "تحصیلات", "میزان تحصیلات", "مدرک"),
    "occupation": ("occupation", "job", "profession", "شغل", "حرفه"),
    "area": (
        *("area", "region", "purchase area", "district", "quarter", "منطقه", "حوزه خرید"),
        *("محله", "ناحیه"),
    ),
    "join_date": (
        *("join date", "joined", "joined on", "member since", "membership date"),
        *("registration date", "created on", "تاریخ عضویت", "تاریخ ثبت نام"),
        *("تاریخ پیوستن", "عضویت از"),
    ),
    "branch": (
        *("branch", "branch code", "branch name", "shop", "store", "store code", "outlet"),
        *("شعبه", "کد شعبه", "نام شعبه", "فروشگاه", "کد فروشگاه", "نام فروشگاه"),
    ),
    "purchase_date": (
        *("purchase date", "date", "order date", "invoice date", "sale date", "transaction date"),
        *("date of purchase", "تاریخ خرید", "تاریخ", "تاریخ فاکتور", "تاریخ فروش", "تاریخ سفارش"),
        *("تاریخ تراکنش",),
    ),
    "purchase_amount": (
        *("purchase amount", "amount", "net amount", "total", "order amount", "invoice amount"),
        *("sale amount", "order total", "مبلغ", "مبلغ خرید", "مبلغ فاکتور", "مبلغ فروش"),
        *("مبلغ خالص", "مبلغ کل", "جمع کل", "جمع خرید", "خالص فاکتور"),
    ),
    "purchase_quantity": (
        *("quantity", "items", "number of items", "item count", "units", "qty", "pieces"),
        *("تعداد", "تعداد کالا", "تعداد اقلام", "تعداد خرید", "تعداد قلم", "مقدار"),
    ),
    "purchase_ref": (
        *("purchase reference", "order reference", "order id", "order number", "order no"),
        *("invoice number", "invoice no", "invoice id", "invoice", "receipt", "receipt number"),
        *("transaction id", "شماره فاکتور", "فاکتور", "شماره رسید", "شماره سفارش", "شماره خرید"),
        *("کد سفارش", "شماره تراکنش"),
    ),
    "opening_points": (
        *("opening points", "opening balance", "points", "points balance", "balance", "point"),
        *("loyalty points", "امتیاز", "مانده امتیاز", "امتیاز اولیه", "امتیاز باقیمانده"),
        *("موجودی امتیاز", "امتیاز فعلی", "مانده اولیه امتیاز"),
    ),
    "opening_credit": (
        *("opening credit", "credit", "credit balance", "wallet balance", "wallet"),
        *("اعتبار", "مانده اعتبار", "اعتبار اولیه", "موجودی کیف پول", "کیف پول", "شارژ اولیه"),
    ),
}
# What tells who the customer is: one of these columns at least.
IDENTITY = ("external_ref", "number", "mobile", "national_code", "card_number")

_NOT_LETTERS = re.compile(r"[\W_]+")


def folded(name: str) -> str:
    """Return the form in which two spellings of one column's name are equal.

    >>> folded("كد_ملي") == folded("کدملی"), folded("E-Mail:")
    (True, 'email')
    """
    return _NOT_LETTERS.sub("", fold_persian(name))


_MEANINGS = {folded(name): meaning for meaning, names in COLUMNS.items() for name in names}


def is_known(name: str) -> bool:
    """Tell whether a text is the name of a column we know.

    >>> is_known("شماره‌ موبایل"), is_known("09121234567")
    (True, False)
    """
    return folded(name) in _MEANINGS


def guess(names: Sequence[str]) -> list[str | None]:
    """Return what each column most likely means; no meaning is given twice.

    >>> guess(["Ref", "نام", "موبایل", "Mobile", "Shoe size"])
    ['external_ref', 'name', 'mobile', None, None]
    """
    taken: set[str] = set()
    meanings = []
    for name in names:
        meaning = _MEANINGS.get(folded(name))
        if meaning in taken:
            meaning = None
        meanings.append(meaning)
        taken.add(meaning or "")
    return meanings
