"""Forms of the import: the file, where and of which year it is; what is said before it is applied."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from pairing import clock
from pairing.access import below, prefixes
from pairing.models import Area
from pairing.models.areas import LENGTH
from pairing.roles import P


class UploadForm(forms.Form):
    """One register for one place and year."""

    file = forms.FileField(
        label=_("Spreadsheet"),
        help_text=_("An .xlsx, .xls or .csv file of at most 20,000 rows, as the national system exports it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv,.ods"}),
        error_messages={"empty": _("The file is empty."), "required": _("Please choose a file.")},
    )
    area = forms.ModelChoiceField(
        Area.objects.none(), label=_("Place"), to_field_name="code", empty_label=None
    )
    year = forms.IntegerField(
        label=_("Year"),
        min_value=1990,
        help_text=_("What the register says counts for this year, unless a column of it names the year."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Area.objects.active().filter(below("code", prefixes(user, P.IMPORT)))
        places = places.filter(level__in=[Area.Level.COUNTY, Area.Level.TOWNSHIP, Area.Level.VILLAGE])
        if places.filter(level=Area.Level.COUNTY).exists():
            places = places.exclude(level=Area.Level.VILLAGE)
        area = self.fields["area"]
        area.queryset = places.order_by("code")  # type: ignore[attr-defined]
        area.label_from_instance = _indented  # type: ignore[attr-defined]
        year = self.fields["year"]
        year.initial = clock.today().year
        year.max_value = clock.today().year  # type: ignore[attr-defined]

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if year > clock.today().year:
            raise forms.ValidationError(_("Please give a year from 1990 to this year."))
        return year

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(
                _("The file is too large. Please divide it, for instance by township.")
            )
        return file


def _indented(area: Area) -> str:
    return "\u3000" * (len(area.code) > LENGTH["county"]) + area.label


class ApplyForm(forms.Form):
    """What must be said before a dry run is applied."""

    leave_out = forms.BooleanField(required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class ReadAgainForm(forms.Form):
    """How the kept file is read once more."""

    include_hidden = forms.BooleanField(required=False)


class ColumnTitleForm(forms.Form):
    """A strange column title, and the field that it stands for."""

    title = forms.CharField(max_length=80)
    field = forms.ChoiceField()

    def __init__(self, *args: Any, fields: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"].choices = fields  # type: ignore[attr-defined]
