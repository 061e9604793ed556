"""Known facts in the visit log: sentences of the file that somebody confirms, or says to be otherwise now."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pairing.wording import day as in_words
from visits.actions.facts import Back, Fact
from visits.forms.fields import ChipForm, Chips, DayChips, DayField, Line, past_days

ABSENCE = "absence-"  # how the key of an absence's fact begins; the absence's public id follows


@dataclass(frozen=True)
class KnownFact:
    """A fact of the file as a sentence that somebody can confirm at the table. ``key`` names it for ever."""

    key: str
    sentence: str
    known_on: date | None = None


class FactForm(ChipForm):
    """One known fact: tapped when it changed, with a few words; the oldest one may be asked outright."""

    changed = forms.BooleanField(required=False)
    words = Line(label=_("how it is now"), max_length=200)
    still = Chips(choices=[("yes", _("still so")), ("no", _("changed")), ("unknown", _("could not be told"))])

    def __init__(self, *args: Any, key: str, fact: KnownFact | None, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"fact-{key}", **kwargs)
        self.key, self.fact = key, fact

    def clean(self) -> None:
        data = self.cleaned_data
        data["changed"] = data.get("changed") or data.get("still") == "no"
        if data["changed"]:
            self.check_change()

    def check_change(self) -> None:
        """What changed has to be said."""
        if not self.cleaned_data.get("words") and "words" not in self.errors:
            self.add_error("words", ValidationError(_("Write in a few words what has changed.")))

    def in_words(self) -> str:
        """How it is now."""
        return str(self.cleaned_data["words"])

    def answer(self) -> Fact | None:
        """What was said of this fact; None when it was not spoken of."""
        data = self.cleaned_data
        sentence = self.fact.sentence if self.fact else ""
        if data["changed"]:
            return Fact(self.key, sentence, False, self.in_words())
        if data.get("still"):
            return Fact(self.key, sentence, True if data["still"] == "yes" else None)
        return None

    def back(self) -> Back | None:
        """What follows for an absence in the file."""
        return None


class AbsenceForm(FactForm):
    """Somebody who is away: back home since a day, or expected at another time. The file follows at once."""

    now = Chips(choices=[("back", _("back home")), ("later", _("comes back another time"))], label=_("now"))
    until = DayChips(label=_("back since"))
    until_day = DayField()
    expected_back = Line(label=_("back around"), max_length=60)

    def __init__(self, *args: Any, key: str, **kwargs: Any) -> None:
        super().__init__(*args, key=key, **kwargs)
        self.absence = uuid.UUID(key.removeprefix(ABSENCE))
        self.fields["until"].choices = past_days(self.day)  # type: ignore[attr-defined]
        del self.fields["words"]

    def check_change(self) -> None:
        data = self.cleaned_data
        now = data.get("now")
        if now == "back":
            self.wants_day("until")
            if not data.get("until") and not self.chosen_day("until"):
                self.add_error("until", ValidationError(_("Choose since when.")))
        elif now == "later":
            if not data.get("expected_back") and "expected_back" not in self.errors:
                self.add_error("expected_back", ValidationError(_("Write around when.")))
        elif "now" not in self.errors:
            self.add_error("now", ValidationError(_("Choose how it is now.")))

    def in_words(self) -> str:
        since = self._since()
        if since:
            return gettext("back home since %(day)s") % {"day": in_words(since)}
        return gettext("back around %(back)s") % {"back": self.cleaned_data["expected_back"]}

    def back(self) -> Back | None:
        data = self.cleaned_data
        if not data["changed"]:
            return None
        since = self._since()
        return Back(self.absence, since) if since else Back(self.absence, None, data["expected_back"])

    def _since(self) -> date | None:
        return self.chosen_day("until") if self.cleaned_data["now"] == "back" else None


def fact_form(data: Any, *, key: str, fact: KnownFact | None, day: date) -> FactForm:
    """The form that fits a fact: absences have their own."""
    kind = AbsenceForm if _is_absence(key) else FactForm
    return kind(data, day=day, key=key, fact=fact)


def sent_keys(data: Any) -> list[str]:
    """The facts of which sent data speaks, by key."""
    found: dict[str, None] = {}
    for name in data or ():
        key, _dash, field = name.removeprefix("fact-").rpartition("-")
        if name.startswith("fact-") and field in ("words", "expected_back") and 0 < len(key) < 60:
            found[key] = None
    return list(found)[:10]


def _is_absence(key: str) -> bool:
    try:
        return key.startswith(ABSENCE) and bool(uuid.UUID(key.removeprefix(ABSENCE)))
    except ValueError:
        return False
