"""The component gallery: every building block once, with made-up content, for those who build pages."""

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from pairing import clock
from pairing.tables import Column, Page, Table


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("As in the household register."))
    visited_on = forms.DateField(label=_("Visit date"), widget=forms.DateInput(attrs={"type": "date"}))
    village = forms.ChoiceField(label=_("Village"), choices=[("1", _("Shang'an")), ("2", _("Baijia"))])
    how = forms.ChoiceField(
        label=_("How"),
        widget=forms.RadioSelect,
        choices=[("home", _("home visit")), ("call", _("call or video")), ("absent", _("not met"))],
    )
    who = forms.MultipleChoiceField(
        label=_("With whom"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("head", _("head")), ("son", _("son")), ("other", _("others"))],
    )
    said = forms.CharField(label=_("What was said"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    agreed = forms.BooleanField(label=_("The household has heard this sentence"), required=False)


class SampleFilter(forms.Form):
    """A bar of filters."""

    q = forms.CharField(label=_("Name or file number"), required=False)
    village = forms.ChoiceField(
        label=_("Village"), required=False, choices=[("", _("all")), ("1", _("Shang'an"))]
    )
    unpaired = forms.BooleanField(label=_("without helper"), required=False)


def _table(today: dt.date) -> Table:
    near, far = _("Shang'an"), _("Baijia")
    visits = today - dt.timedelta(135), today - dt.timedelta(12)
    rows: list[dict[str, Any]] = [
        {"file": "620702101201-0007", "village": near, "people": 4, "last": visits[0], "state": "due"},
        {"file": "620702101201-0011", "village": near, "people": 2, "last": visits[1], "state": "ok"},
        {"file": "620702101204-0003", "village": far, "people": 6, "last": None, "state": "none"},
    ]
    return Table(
        columns=[
            Column("file", _("File number"), sort="file", link=lambda row: f"#{row['file']}"),
            Column("village", _("Village"), sort="village"),
            Column("people", _("People"), kind="number"),
            Column("last", _("Last home visit"), kind="date", sort="last"),
            Column(
                "state",
                _("State"),
                kind="state",
                states={
                    "due": (_("over 120 days"), "due"),
                    "ok": (_("read"), "done"),
                    "none": (_("never visited"), "danger"),
                },
            ),
        ],
        rows=rows,
        caption=_("Households"),
        sort="file",
    )


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component; reads nothing."""
    today = clock.today()
    return render(
        request,
        "pairing/gallery.html",
        {
            "today": today,
            "form": SampleForm(initial={"how": "home", "village": "1"}),
            "wrong_form": SampleForm({"how": "home", "village": "1", "visited_on": "2026-02-30"}),
            "filter_form": SampleFilter(),
            "table": _table(today),
            "pager": Page([], after="next", before="previous"),
            "tones": ["primary", "due", "danger", "done", "info", "neutral"],
            "months": [
                (_month(today, 11 - back), (None, 38, 64, 82, 100, 7)[back % 6]) for back in range(12)
            ],
            "entries": _entries(today),
            "changes": [
                {
                    "label": _("Head"),
                    "old": _("(name before)"),
                    "new": _("(name after)"),
                    "note": _("household book"),
                },
                {"label": _("Type"), "old": "", "new": _("monitored household"), "note": ""},
            ],
            "chip_choices": [("week", _("within a week")), ("month", _("by the end of the month"))],
        },
    )


def _month(today: dt.date, back: int) -> dt.date:
    """The first day of the month ``back`` months ago."""
    year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
    return dt.date(year, month + 1, 1)


def _entries(today: dt.date) -> list[dict[str, Any]]:
    return [
        {
            "date": today - dt.timedelta(3),
            "title": _("home visit"),
            "icon": "home",
            "tone": "primary",
            "text": _("The roof is dry now. The son comes back from work in November."),
            "badge_word": _("unread"),
            "badge_tone": "info",
        },
        {
            "date": today - dt.timedelta(20),
            "title": _("promise"),
            "icon": "hand-raised",
            "tone": "done",
            "text": _("Ask the clinic about the refund."),
            "badge_word": _("kept"),
            "badge_tone": "done",
        },
        {"date": today - dt.timedelta(41), "title": _("problem"), "icon": "chat-bubble-left", "tone": "due"},
    ]
