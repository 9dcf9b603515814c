"""In Odoo's shell: web_jalali leaves the database, and this process goes on without it."""

env.ref("base.module_web_jalali").button_immediate_uninstall()
env.cr.commit()
