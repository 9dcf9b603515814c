"""Rules of the club as pure Python: no module here imports odoo."""
