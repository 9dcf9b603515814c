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
    ("portal", "Portal"),
    ("join", "Join form"),
    ("invitation", "Invitation"),
]

# Ways in which a purpose reaches a person; "general" is for what needs no message at all.
CONSENT_CHANNELS = [
    ("sms", "SMS"),
    ("email", "E-mail"),
    ("push", "Notification"),
    ("phone", "Telephone call"),
    ("general", "In general"),
]

# Where an answer came from: the channels of enrolment, and what people say later.
CONSENT_SOURCES = [
    *CHANNELS,
    ("link", "Link in a message"),
    ("sms", "Answer by SMS"),
    ("person", "In person"),
    ("paper", "Signed paper"),
    ("call", "Telephone call"),
    ("letter", "Letter or e-mail"),
    ("merge", "Merged membership"),
]

# Sources in which a person says “no” of her own accord: it is kept even where she never said “yes”.
OBJECTIONS = frozenset({"link", "sms", "person", "paper", "call", "letter"})

IDENTITY_TYPES = [
    ("national", "National code"),
    ("legal", "Legal entity's ID"),
    ("foreign", "Foreigner's document"),
]

SEXES = [("female", "Female"), ("male", "Male"), ("other", "Other, or rather not say")]

EDUCATIONS = [
    ("school", "Below diploma"),
    ("diploma", "Diploma"),
    ("associate", "Associate degree"),
    ("bachelor", "Bachelor"),
    ("master", "Master"),
    ("doctor", "Doctorate"),
]

AGE_GROUPS = [
    ("under_18", "Under 18"),
    ("18_24", "18 to 24"),
    ("25_34", "25 to 34"),
    ("35_44", "35 to 44"),
    ("45_54", "45 to 54"),
    ("55_64", "55 to 64"),
    ("65_up", "65 and older"),
]

PREFERRED_CHANNELS = [
    ("sms", "SMS"),
    ("email", "E-mail"),
    ("push", "Notification"),
    ("phone", "Telephone call"),
    ("none", "None: do not contact me"),
]

REWARDS = [
    ("discount", "Discount"),
    ("gift", "Gift"),
    ("credit", "Credit"),
    ("points", "Points"),
    ("experience", "Experience or event"),
]

RELATIONS = [
    ("spouse", "Spouse"),
    ("child", "Child"),
    ("mother", "Mother"),
    ("father", "Father"),
    ("sibling", "Brother or sister"),
    ("other", "Other"),
]

# The purposes that each club begins with: legal basis, channels asked, days kept afterwards.
PURPOSES = {
    "service": ("contract", ("sms", "email"), 0),
    "marketing": ("consent", ("sms", "email", "push", "phone"), 0),
    "survey": ("consent", ("sms", "email", "push"), 0),
    "profiling": ("consent", (), 0),
    "partners": ("consent", (), 0),
    "accounting": ("legal_obligation", (), 3650),
}

# Acts other than buying that each club begins with, and how it is known that they were done.
ACT_KINDS = {
    "signup": "system",
    "profile": "system",
    "review": "review",
    "survey": "system",
    "event": "system",
    "checkin": "place",
    "social": "code",
    "share": "link",
    "content": "code",
    "visit": "visit",
    "app": "app",
    "birthday": "system",
    "referral": "staff",
    "packaging": "staff",
    "second_hand": "staff",
    "assessment": "staff",
}

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

CARD_TYPES = [("physical", "Printed"), ("virtual", "Virtual"), ("rfid", "Chip (RFID, NFC)")]

CARD_STATES = [
    ("stock", "In stock"),
    ("active", "Active"),
    ("blocked", "Blocked"),
    ("lost", "Lost"),
    ("replaced", "Replaced"),
    ("expired", "Expired"),
]

CARD_DISCOUNT_MODES = [
    ("none", "None"),
    ("discount", "Take off at the sale"),
    ("credit", "Charge as credit"),
]
