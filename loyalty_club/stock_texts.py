"""Persian for texts in the code of Odoo's own modules that Odoo leaves in English.

The files ``i18n_extra/fa.po`` of our addons hold it. Odoo loads from them by itself what stands in
the database and what the browser shows; messages of the server it looks up in the files of the
module that says them only. Here that module borrows what it lacks.
"""

from odoo.tools.misc import ReadonlyDict
from odoo.tools.translate import CodeTranslations, code_translations

# Module of Odoo's → addon of ours with its Persian.
_lenders = {}
_load = CodeTranslations._load_python_translations


def lend(lender, borrowers):
    """Let modules take the texts of the server that they lack from another one's translations.

    :param lender: name of the addon with the texts
    :param borrowers: names of the modules that say them
    """
    _lenders.update(dict.fromkeys(borrowers, lender))
    CodeTranslations._load_python_translations = _load_with_borrowed
    known = code_translations.python_translations
    for module, lang in list(known):
        if module in borrowers:
            del known[module, lang]


def _load_with_borrowed(self, module_name, lang):
    _load(self, module_name, lang)
    if module_name in _lenders:
        borrowed = self.get_python_translations(_lenders[module_name], lang)
        own = self.python_translations[module_name, lang]
        self.python_translations[module_name, lang] = ReadonlyDict({**borrowed, **own})
