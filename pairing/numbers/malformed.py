"""What can be wrong with a single value, as stable codes with the sentence that the reader sees."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: Every sentence may use %(value)s style parameters given with the problem.
SENTENCES: Final[dict[str, Promise]] = {
    "identity.characters": _("An identity number has digits only, and X at the end at most."),
    "identity.length": _(
        "An identity number has 18 characters (20 or 22 on a disability certificate); this has %(length)s."
    ),
    "identity.check": _("The last character does not fit the other digits: please compare with the card."),
    "identity.birth": _("Digits 7 to 14 of the number are not a date in the past."),
    "identity.disability": _(
        "Characters 19 and 20 of a disability certificate are the kind (1–7) and the grade (1–4)."
    ),
    "identity.damaged": _("The spreadsheet kept only 15 digits of this number. Please type it as text."),
    "phone.characters": _("A phone number has digits only."),
    "phone.length": _("No phone number has %(length)s digits."),
    "phone.short": _("This phone number has only %(length)s digits. Is a part of it missing?"),
    "phone.several": _("There are several phone numbers in one place; please keep one."),
    "bank.characters": _("An account number has digits only."),
    "bank.length": _("An account number has 12 to 25 digits."),
    "money.form": _("Please write an amount in yuan, such as 1250 or 1250.50."),
    "money.range": _("This amount is too large."),
    "count.form": _("Please write a whole number."),
    "count.range": _("Please write a number from %(least)s to %(most)s."),
    "date.form": _("Please write a date such as 2016-03-01, 2016年3月 or 2016."),
    "date.impossible": _("There is no such date."),
    "date.ambiguous": _("A number cell cannot tell January from October. Please write 2016-01 or 2016-10."),
}


class Malformed(ValueError):
    """A value that cannot be read. `code` is a key of `SENTENCES`; `params` fill its sentence."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    @property
    def sentence(self) -> str:
        """The sentence for the reader, in his language."""
        return str(SENTENCES[self.code]) % self.params
