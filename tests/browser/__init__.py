"""A real cashier's day in a real browser, on a line that breaks: what the till shows as paid and
what the books say must be one and the same, whatever was cut, reloaded or killed on the way.
"""
