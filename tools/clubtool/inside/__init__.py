"""Programs that run inside Odoo: in its shell, or instead of its command line."""
