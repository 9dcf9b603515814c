"""The faults of files and rows as sentences for the person who must mend them."""

SHOWN_LENGTH = 60
# What was typed keeps its own direction inside a sentence of the other one.
ISOLATE, POP = "\u2068", "\u2069"


def table_error_text(env, error):
    """A sentence for a file that cannot be read.

    :param error: a ``TableError`` of :mod:`..domain.tabular`.
    """
    return {
        "empty": env._("The file is empty."),
        "too_big": env._("The file is too big. Split it into several files."),
        "file_kind": env._("This is neither a CSV file nor an Excel workbook (xlsx)."),
        "xls": env._(
            "This is a workbook of an old Excel (xls), or one with a password. Save it as xlsx "
            "without password, or as CSV."
        ),
        "workbook": env._("The workbook is damaged. Open it in Excel and save it again as xlsx."),
        "encoding": env._(
            "The file is no text in the chosen encoding. Save it as “CSV UTF-8”, or choose "
            "another encoding."
        ),
        "damaged_utf8": env._(
            "The file is UTF-8 in which some characters are damaged. Save it again from the "
            "program it comes from, as “CSV UTF-8”."
        ),
        "quotes": env._(
            "Row %(row)s has quotation marks that do not match. Write a mark inside a quoted "
            "text twice."
        ),
        "header": env._("There is nothing in row %(row)s: choose the row with the columns' names."),
        "too_wide": env._("The file has too many columns. Delete those you do not need."),
    }[error.code] % {"row": error.row}


def fault_templates(env):
    """Sentences for the faults of rows, by the keys of :mod:`..domain`; made once per run.

    They hold ``%(value)s``: what was typed, or the row that is meant.
    """
    return _cell_templates(env) | _row_templates(env)


def _cell_templates(env):
    return {
        "payment_card": env._("there is a bank card's number in it, which must not be kept"),
        "too_long": env._("“%(value)s” is too long"),
        "phone": env._("“%(value)s” is not a telephone number"),
        "email": env._("“%(value)s” is not an e-mail address"),
        "national_code": env._("this is not a national code; check its digits"),
        "member_number": env._("“%(value)s” is not a membership number; check its digits"),
        "date": env._("“%(value)s” is not a date; write 1403/05/12 or 2024-08-02"),
        "date_order": env._(
            "“%(value)s” can be read in several ways; write the year first, with four digits"
        ),
        "date_serial": env._("“%(value)s” is a date shown as a number; format it as a date"),
        "date_year": env._("“%(value)s” is a year of neither the Persian nor our calendar"),
        "date_impossible": env._("there is no such day or time as “%(value)s”"),
        "future": env._("“%(value)s” has not come yet"),
        "amount": env._("“%(value)s” is not a clear number"),
        "negative": env._("“%(value)s” is less than zero; returns cannot be imported"),
        "huge": env._("“%(value)s” is too much to be true"),
        "points_step": env._("“%(value)s” is not a whole number of points"),
        "legal_entity_id": env._("this is not a legal entity's ID; check its digits"),
        "card_number": env._("“%(value)s” is not a card number"),
        "card_state": env._("the card “%(value)s” is lost, blocked, replaced or expired"),
        "sex": env._("“%(value)s” is not a sex; write female, male or other"),
        "education": env._("“%(value)s” is not a level of education, for example bachelor"),
        "no_credit": env._("the club keeps no credit; add a kind of credit first"),
        "credit_step": env._("“%(value)s” is not a whole number of the smallest step of credit"),
        "unknown_area": env._("the club has no area “%(value)s”; add it first"),
        "unknown_branch": env._("the club has no branch “%(value)s”"),
        "unknown_member": env._("no member has the number “%(value)s”"),
    }


def _row_templates(env):
    return {
        "extra_cells": env._("The row has more cells than the header has columns: “%(value)s”"),
        "nobody": env._(
            "The row names nobody: no reference, mobile, membership or card number, national code"
        ),
        "no_date": env._("The purchase has no date"),
        "no_amount": env._("The purchase has no amount"),
        "repeated": env._("The same as row %(value)s"),
        "reused": env._("row %(value)s has this reference, with other figures"),
        "two_customers": env._("it belongs to another customer than the rest of the row"),
        "shared_mobile": env._("several contacts have %(value)s; which one is meant is not clear"),
        "other_identity": env._("this customer is known by another identity code"),
        "other_ref": env._("this customer is known by the reference “%(value)s”"),
        "other_opening": env._("row %(value)s gives this customer another opening balance"),
        "closed": env._("the membership is closed and gets no opening balance"),
        "opening_booked": env._("an opening balance of %(value)s was booked before; not changed"),
        "purchase_booked": env._("this purchase is in the journal with the amount %(value)s"),
    }


def fault_text(templates, fault, headings):
    """One fault as a sentence that names the column.

    :param templates: see :func:`fault_templates`.
    :param headings: names of the file's columns by meaning.
    """
    value = fault.value
    shown = value if len(value) <= SHOWN_LENGTH else f"{value[:SHOWN_LENGTH]}…"
    text = templates[fault.code] % {"value": f"{ISOLATE}{shown}{POP}"}
    heading = headings.get(fault.column)
    return f"{ISOLATE}{heading}{POP}: {text}" if heading else f"{text[:1].upper()}{text[1:]}"
