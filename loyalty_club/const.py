"""Words and figures that several files share."""

# Stored scale of every value, in points or money: three decimals serve all currencies.
AMOUNT_DIGITS = (20, 3)

MEMBER_STATES = [
    ("pending", "Pending"),
    ("active", "Active"),
    ("suspended", "Suspended"),
    ("closed", "Closed"),
]

MEMBER_KINDS = [
    ("customer", "Customer"),
    ("colleague", "Colleague (reseller)"),
    ("agent", "Agent or dealer"),
    ("business", "Business partner"),
    ("staff", "Staff"),
]

CHANNELS = [
    ("pos", "Till"),
    ("sale", "Sales order"),
    ("website", "Website"),
    ("backend", "Back office"),
    ("import", "Import"),
]

# Kinds of ledger entries. Each names why value moved; the sign of the amount says which way.
ENTRY_KINDS = [
    ("opening", "Opening balance"),
    ("issue", "Issued"),
    ("earn", "Earned"),
    ("topup", "Top-up"),
    ("spend", "Spent"),
    ("refund_earn", "Taken back after a return"),
    ("refund_spend", "Given back after a return"),
    ("refund_topup", "Top-up returned"),
    ("adjust", "Adjusted"),
    ("debt", "Owed after a return"),
    ("debt_settle", "Debt settled"),
]

# Entries by which the holder of a wallet uses it: refused on a blocked or expired wallet.
HOLDER_KINDS = frozenset({"spend"})
