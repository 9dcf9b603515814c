"""A member's own place seen from outside, on a real server with two workers: what she can do with
her telephone, what she can read of others (nothing), and what nonsense does (nothing).
"""
