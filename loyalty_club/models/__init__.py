# What only our own code writes
from . import own_work
from . import remembered
from . import approval_limit
from . import member_rule

# People
from . import company_place
from . import club
from . import club_currency
from . import club_names
from . import club_overview
from . import club_page
from . import club_sample
from . import branch
from . import member
from . import member_rights
from . import member_overview

# The ledger: the only place that moves value
from . import fact
from . import terms
from . import expiry_policy
from . import expiry_words
from . import wallet_kind
from . import wallet_kind_expiry
from . import wallet_kind_typed
from . import wallet_rules
from . import wallet_kind_earning
from . import wallet_kind_payment
from . import wallet
from . import wallet_refusals
from . import wallet_overview
from . import wallet_schedule
from . import member_closing
from . import member_merge
from . import duplicate
from . import member_identity
from . import member_lookup
from . import welcome_gift
from . import enrolment
from . import enrolment_person
from . import enrolment_many
from . import fee_payment
from . import member_fee
from . import entry
from . import entry_document
from . import lot
from . import lot_change
from . import allocation
from . import hold
from . import hold_release
from . import debt
from . import anchor
from . import audit
from . import entry_receipt
from . import outbox
from . import wallet_kind_accounts
from . import wallet_kind_stamps
from . import stamp_program
from . import stamp_card
from . import club_accounts
from . import ledger_posting
from . import ledger_posting_jobs
from . import ledger_posting_line
from . import expiry
from . import expiry_notice
from . import approval
from . import adjustment
from . import conversion
from . import occasion_charge
from . import occasion_run
from . import rate_limit
from . import one_time_code
from . import card_check
from . import wallet_kind_transfer
from . import transfer
from . import transfer_lock
from . import transfer_booking
from . import transfer_texts
from . import transfer_told
from . import contact_freeze

# Asking others to join
from . import invitation
from . import invitation_link
from . import invitation_contact
from . import member_invites

# What members do for themselves
from . import portal_login
from . import self_service
from . import self_service_limits
from . import club_online
from . import club_look
from . import club_app
from . import member_savings
from . import member_home
from . import member_area
from . import member_price

# The profile, and what of it is sealed
from . import sealed
from . import sealed_dates
from . import sealed_birthday
from . import profile_field
from . import area
from . import interest
from . import member_sensitive
from . import member_identity_code
from . import member_dates
from . import member_profile
from . import member_completion
from . import family_member
from . import profile_jobs
from . import partner_profile
from . import reveal
from . import view_log

# What members agree to
from . import purpose
from . import purpose_version
from . import purpose_defaults
from . import consent
from . import consent_change
from . import agreement
from . import agreement_acceptance
from . import agreement_asked
from . import member_consent
from . import member_agreed
from . import push_device
from . import outbox_push
from . import consent_blacklist
from . import opt_out
from . import inbound_sms

# Cards
from . import club_cards
from . import card
from . import card_event
from . import card_making
from . import card_issue
from . import card_life
from . import card_pin
from . import card_batch
from . import card_member
from . import card_terms

# Measures
from . import purchase
from . import journal_shares
from . import rfm_class
from . import lifecycle
from . import member_measures
from . import rfm
from . import rfm_due
from . import rfm_figures
from . import rfm_scores
from . import rfm_bounds
from . import rfm_deltas
from . import rfm_update
from . import rfm_history
from . import rfm_words
from . import rhythm
from . import kpi_measures
from . import member_days
from . import club_activity

# Groups of members, and everything about one of them
from . import segment
from . import segment_member
from . import segment_size
from . import segment_preset
from . import grade
from . import grade_change
from . import member_grade
from . import occasion_segment
from . import member_360

# The ladder: levels, who is on which, and why
from . import tier
from . import tier_terms
from . import tier_checks
from . import tier_standing
from . import tier_change
from . import tier_compute
from . import tier_written
from . import tier_given
from . import tier_by_hand
from . import tier_progress
from . import member_tier
from . import tier_reward
from . import tier_fee
from . import tier_paid
from . import tier_notice
from . import tier_notice_texts
from . import tier_invitation
from . import tier_invited
from . import tier_portal

# What purchases earn, by rules and their versions
from . import occasion
from . import occasion_lunar
from . import occasion_preset
from . import sale_facts
from . import earn_version
from . import earn_terms
from . import tier_benefits
from . import tier_credit
from . import earn_rule
from . import earn_rule_when
from . import earn_rule_spec
from . import earn_rule_types
from . import earn_rule_checks
from . import earn_rule_ready
from . import earn_rule_overview
from . import earn_sentence
from . import earn_sentence_when
from . import earn_sentence_condition
from . import earn_award
from . import earn_total
from . import earn_facts
from . import earn_engine
from . import earn_explanation
from . import earn_type_variety
from . import earn_told

# What members do besides buying
from . import act_kind
from . import act_rule
from . import act
from . import earn_act
from . import act_possible
from . import act_code
from . import place
from . import index
from . import assessment
from . import review

# What other rules would have given, and programmes to begin with
from . import replay
from . import replay_result
from . import replay_run
from . import act_birthday
from . import act_rule_expiry
from . import conversion_issue
from . import tier_gift
from . import programme

# Import of customers and their history
from . import import_customers

# What a person may ask of the club: a copy of her data, and to be forgotten
from . import member_export
from . import member_erase
from . import erase_documents
from . import partner_erase
from . import erasure
from . import traces
from . import retention

# How a club starts, and what it costs
from . import club_type
from . import cost

# Odoo's own models, one file each
from . import account_move
from . import fee_invoice
from . import ir_module_module
from . import loyalty_program
from . import program_creation
from . import program_topup
from . import loyalty_rule
from . import loyalty_reward
from . import loyalty_card
from . import card_movements
from . import card_adoption
from . import loyalty_history
from . import pos_config
from . import pos_payment_method
from . import club_payment
from . import pos_payment
from . import pos_tender_door
from . import shortfall
from . import offline_allowance
from . import pos_wallet
from . import pos_card
from . import pos_reader
from . import pos_partner
from . import pos_load
from . import pos_find
from . import pos_enrol
from . import pos_withheld
from . import pos_order
from . import pos_receipt
from . import pos_receipt_settings
from . import pos_receipt_member
from . import sale_message
from . import pos_order_line
from . import program_audience
from . import member_offers
from . import member_leaving
from . import earn_quote
from . import earn_quote_tier
from . import earn_shown
from . import entry_told
from . import member_purchases
from . import pos_read_offline
from . import late_attach
from . import till_alarm
from . import pos_order_club
from . import tier_words
from . import reward_terms
from . import reward_share
from . import reward_claim
from . import reward_taken
from . import reward_taken_due
from . import reward_taken_club
from . import reward_catalogue
from . import till_script
from . import pos_panel
from . import pos_give
from . import res_config_settings
from . import res_partner
from . import stock_warehouse
