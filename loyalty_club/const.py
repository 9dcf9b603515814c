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
    ("bonus", "Bonus"),
    ("grant", "Granted"),
    ("topup", "Top-up"),
    ("spend", "Spent"),
    ("capture", "Paid from a hold"),
    ("refund_earn", "Taken back after a return"),
    ("refund_spend", "Given back after a return"),
    ("refund_topup", "Top-up returned"),
    ("adjust", "Adjusted"),
    ("debt", "Owed after a return"),
    ("debt_settle", "Debt settled"),
    ("transfer_out", "Sent"),
    ("transfer_in", "Received"),
    ("fee", "Fee"),
    ("convert_out", "Converted away"),
    ("convert_in", "Converted into"),
    ("expire", "Expired"),
    ("reinstate", "Reinstated"),
    ("merge_out", "Moved to another membership"),
    ("merge_in", "Moved from another membership"),
    ("forfeit", "Forfeited at closing"),
    ("payout", "Paid out at closing"),
]

# Entries by which the holder of a wallet uses it: refused on a blocked or expired wallet,
# and counted by its limits. What was authorised before is captured even so.
HOLDER_KINDS = frozenset({"spend", "transfer_out", "convert_out"})

# Entries that count as use of the wallet: they keep value alive that lapses by inactivity.
ACTIVITY_KINDS = frozenset({"earn", "bonus", "topup", "spend", "capture", "transfer_out"})

# Entries that spend, for the limits per day and month.
SPENDING_KINDS = HOLDER_KINDS | {"capture"}

# Entries by which a holder brings value in: these must stay below the highest balance.
DEPOSIT_KINDS = frozenset({"topup", "transfer_in", "convert_in"})

# Credits that were paid for: what is left of them can be paid out when a membership closes.
PAID_IN_KINDS = frozenset({"opening", "topup", "adjust"})

# Debits that take whatever is there, valid or not: nothing stays behind.
CLEARING_OUT_KINDS = frozenset({"merge_out", "forfeit"})

# Why the ledger refuses a movement; a refusal is an answer, not an error.
REFUSALS = frozenset(
    {
        "insufficient",
        "blocked",
        "expired",
        "pending",
        "conditions",
        "limit_day",
        "limit_month",
        "minimum",
        "maximum",
        "over_refund",
        "together",
        "key_reused",
    }
)
