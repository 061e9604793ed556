"""A register comes in: upload, dry run, choices, import, undo, and the file of rows to mend."""

import io
from typing import Any
from uuid import UUID

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from households.actions import imports
from households.forms.imports import ApplyForm, ColumnTitleForm, ReadAgainForm, UploadForm
from households.models import ChangeRequest, ColumnAlias, Household, ImportBatch, ImportRow
from households.register import applying, failures, intake, undoing
from households.register.layouts import FIELDS, LAYOUTS, OF_THE_SHEET, OTHER, Level, fold_title
from households.register.staging import LEAVE, TAKE, prospects
from households.views.dry_runs import TABS, shown_row, skipped_words
from pairing import audit
from pairing.access import permission_required
from pairing.errors import Refused, add_refusal
from pairing.patience import longer
from pairing.roles import P
from pairing.tables import Column, Table, keyset_page

State, Outcome = ImportBatch.State, ImportRow.Outcome
TONES = {
    State.PARSED: "due",
    State.APPLIED: "done",
    State.DISCARDED: "neutral",
    State.UNDONE: "neutral",
}


def _batch_or_404(request: HttpRequest, public_id: UUID) -> ImportBatch:
    rows = ImportBatch.objects.visible_to(request.user, P.IMPORT).select_related("area", "uploaded_by")
    return get_object_or_404(rows, public_id=public_id)


@require_GET
@permission_required(P.IMPORT)
def import_list(request: HttpRequest) -> HttpResponse:
    """All registers that came in for one's area, newest first."""
    rows = ImportBatch.objects.visible_to(request.user, P.IMPORT).select_related("area", "uploaded_by")
    page = keyset_page(
        rows, ("-id",), after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    table = Table(
        columns=[
            Column("file_name", _("Spreadsheet"), link=_detail_url),
            Column("area", _("Place"), value=lambda b: b.area.label),
            Column("year", _("Year")),
            Column("rows", _("Rows"), kind="number", value=_rows_in),
            Column("state", _("State"), kind="state", states={s: (s.label, TONES[s]) for s in State}),
            Column("uploaded_by", _("By"), value=lambda b: b.uploaded_by.name),
            Column("uploaded_at", _("On"), kind="moment"),
        ],
        rows=page.rows,
        empty=_("Nothing imported."),
    )  # fmt: skip
    return render(request, "households/import_list.html", {"table": table, "pager": page})


@require_http_methods(["GET", "POST"])
@permission_required(P.IMPORT)
@longer()
def import_create(request: HttpRequest) -> HttpResponse:
    """Choose a file; what it would do is shown before anything changes."""
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            batch = intake.upload(
                file=data["file"], name=data["file"].name or "", area=data["area"].code, year=data["year"],
                by=request.user,
            )  # fmt: skip
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            return redirect("households:import_detail", batch.public_id)
    return render(request, "households/import_create.html", {"form": form})


@require_GET
@permission_required(P.IMPORT)
def import_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The dry run by outcome, or what became of it."""
    return _page(request, _batch_or_404(request, public_id))


@require_POST
@permission_required(P.IMPORT)
@longer()
def import_apply(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Import what the dry run shows."""
    batch = _batch_or_404(request, public_id)
    form = ApplyForm(request.POST)
    if form.is_valid():
        coming, _same, _left = prospects(batch)
        try:
            applying.apply(
                batch=batch,
                leave_out=form.cleaned_data["leave_out"],
                version=form.cleaned_data["version"],
                by=request.user,
            )
        except Refused as refusal:
            batch.refresh_from_db()
            if batch.state != State.PARSED:  # the second tap, or Back and once more
                messages.info(request, _("This file is imported or discarded already."))
                return redirect("households:import_detail", batch.public_id)
            add_refusal(form, refusal)
        else:
            words = ngettext("Imported: %(n)d row.", "Imported: %(n)d rows.", coming) % {"n": coming}
            messages.success(request, words if coming else _("Nothing in this file was new."))
            return redirect("households:import_detail", batch.public_id)
    return _page(request, batch, form, status=422)


@require_POST
@permission_required(P.IMPORT)
@longer()
def import_choose(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep the choices for doubtful rows."""
    batch = _batch_or_404(request, public_id)
    rows = ImportRow.objects.visible_to(request.user, P.IMPORT).filter(batch=batch, outcome=Outcome.DOUBTFUL)
    sent = {key: request.POST.get(f"row_{key}", "") for key in rows.values_list("public_id", flat=True)}
    _say(
        request,
        lambda: imports.choose_rows(
            batch=batch, choices=sent, rest=request.POST.get("rest", ""), by=request.user
        ),
        _("Choices saved."),
    )
    return redirect(f"{reverse('households:import_detail', args=[batch.public_id])}?tab=doubtful")


@require_POST
@permission_required(P.IMPORT)
@longer()
def import_read(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Read the kept file again, perhaps with its hidden sheets."""
    batch = _batch_or_404(request, public_id)
    form = ReadAgainForm(request.POST)
    hidden = form.is_valid() and form.cleaned_data["include_hidden"]
    _say(
        request,
        lambda: intake.read_again(batch=batch, include_hidden=hidden, by=request.user),
        _("Read again."),
    )
    return redirect("households:import_detail", batch.public_id)


@require_POST
@permission_required(P.IMPORT)
def import_discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Throw the dry run away."""
    batch = _batch_or_404(request, public_id)
    done = _say(request, lambda: imports.discard_import(batch=batch, by=request.user), _("Discarded."))
    return (
        redirect("households:import_list") if done else redirect("households:import_detail", batch.public_id)
    )


@require_http_methods(["GET", "POST"])
@permission_required(P.IMPORT)
@longer()
def import_undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take an import back while nobody has touched its rows."""
    batch = _batch_or_404(request, public_id)
    if request.method == "POST":
        _say(request, lambda: undoing.undo(batch=batch, by=request.user), _("Taken back."))
        return redirect("households:import_detail", batch.public_id)
    return render(request, "households/import_undo.html", {"batch": batch})


@require_GET
@permission_required(P.IMPORT)
def import_failed(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The rows to mend, in the columns of the file, with the reasons: whole numbers, so a password of just now."""
    batch = _batch_or_404(request, public_id)
    if not batch.has_rows:
        raise Refused(_("The rows of this file are kept no longer."))
    if not did_recently_reauthenticate(request):
        raise ReauthenticationRequired
    out = io.BytesIO()
    count = failures.write_failed_rows(batch, out)
    audit.read("import.export", by=request.user, objects=[batch], permission=P.IMPORT, detail={"rows": count})
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return HttpResponse(
        out.getvalue(),
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="rows-to-mend-{batch.public_id}.xlsx"'},
    )


@require_POST
@permission_required(P.IMPORT)
@longer()
def column_title_create(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Read a strange column as a field from now on, in this place, and read the file again."""
    batch = _batch_or_404(request, public_id)
    form = ColumnTitleForm(request.POST, fields=_fields())
    if form.is_valid():

        def learn() -> None:
            intake.learn_title(batch=batch, by=request.user, **form.cleaned_data)

        _say(request, learn, _("Saved. The file was read again."))
    return redirect("households:import_detail", batch.public_id)


@require_http_methods(["GET", "POST"])
@permission_required(P.IMPORT)
def column_title_list(request: HttpRequest) -> HttpResponse:
    """The column titles that places have added; the ones of one's own area can be removed."""
    rows = (
        ColumnAlias.objects.visible_to(request.user, P.IMPORT).select_related("area").order_by("title", "pk")
    )
    if request.method == "POST":
        alias = get_object_or_404(rows, public_id=_uuid(request.POST.get("remove", "")))
        imports.remove_column_title(alias=alias, by=request.user)
        messages.success(request, _("Removed."))
        return redirect("households:column_title_list")
    titles = [(alias, FIELDS[alias.field].label if alias.field in FIELDS else "") for alias in rows[:500]]
    return render(request, "households/column_title_list.html", {"titles": titles})


def _page(
    request: HttpRequest, batch: ImportBatch, form: ApplyForm | None = None, *, status: int = 200
) -> HttpResponse:
    """The page of one batch: counts, tabs, one page of rows."""
    counts: dict[str, int] = {outcome: batch.counts.get(outcome, 0) for outcome, _label in TABS}
    asked = request.GET.get("tab", "")
    tab = asked if counts.get(asked) else next((name for name in counts if counts[name]), "new")
    staged = ImportRow.objects.visible_to(request.user, P.IMPORT).filter(batch=batch)
    # A file that has moved away since is no longer for the reader.
    here = Q(household=None) | Q(household__in=Household.objects.visible_to(request.user, P.IMPORT))
    page = keyset_page(
        staged.filter(here, outcome=tab).select_related("household"),
        ("number", "pk"),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    audit.read("import.show", by=request.user, objects=[batch], permission=P.IMPORT)
    coming, same, left = prospects(batch)
    rows = [shown_row(row) for row in page.rows]
    if batch.state == State.APPLIED:
        _find_files(request, batch, rows)
    context: dict[str, Any] = {
        "batch": batch,
        "tone": TONES[State(batch.state)],
        "layout": next((known.label for known in LAYOUTS if known.code == batch.layout), OTHER.label),
        "is_open": batch.state == State.PARSED,
        "can_undo": batch.state == State.APPLIED,
        "asked": _waiting(request, batch) if batch.state == State.APPLIED else 0,
        "has_rows": batch.has_rows,
        "tabs": [(name, label, counts[name]) for name, label in TABS if counts[name]],
        "tab": tab,
        "rows": rows,
        "pager": page,
        "undecided": staged.filter(outcome=Outcome.DOUBTFUL, choice="").count(),
        "left_out": left,
        "coming": coming,
        "unchanged": same,
        "form": form or ApplyForm(initial={"version": batch.version}),
        "skipped": skipped_words(batch.notes),
        "hidden": next((note["sheets"] for note in batch.notes if note["code"] == "hidden"), []),
        "strange": [c["title"] for c in batch.columns if not c["known"]],
        "heads_only": any(note["code"] == "heads" for note in batch.notes),
        "unkept": [
            c["title"]
            for c in batch.columns
            if c["known"] and not (c["field"] or c["repeated"] or fold_title(c["title"]) in OF_THE_SHEET)
        ],
        "repeated": [c["title"] for c in batch.columns if c["repeated"]],
        "fields": _fields(),
        "same": intake.same_file(batch) if batch.state == State.PARSED else None,
        "take": TAKE,
        "leave": LEAVE,
    }
    return render(request, "households/import_detail.html", context, status=status)


def _find_files(request: HttpRequest, batch: ImportBatch, rows: list[dict[str, Any]]) -> None:
    """Lead from the rows of an import to the files that it made."""
    made = {row["where"]: row for row in rows if row["where"] and row["household"] is None}
    here = Household.objects.visible_to(request.user, P.IMPORT).filter(county_code=batch.county_code)
    for household in here.filter(file_number__in=made).only("public_id", "file_number"):
        made[household.file_number]["household"] = household


def _waiting(request: HttpRequest, batch: ImportBatch) -> int:
    """How many changes of this import wait for a second person."""
    asked = ChangeRequest.objects.visible_to(request.user, P.CHANGE_DECIDE).filter(batch=batch)
    return asked.filter(state=ChangeRequest.State.WAITING).count()


def _detail_url(batch: ImportBatch) -> str:
    return reverse("households:import_detail", args=[batch.public_id])


def _rows_in(batch: ImportBatch) -> int:
    return sum(count for outcome, count in batch.counts.items() if outcome != Outcome.ABSENT)


def _fields() -> list[tuple[str, Any]]:
    """What a column can be read as, named by the title that the national system uses."""
    return [(f.name, f.titles[0]) for f in FIELDS.values() if f.level is not Level.REST]


def _say(request: HttpRequest, act: Any, done: str) -> bool:
    """Act; tell the reader that it is done, or why it was refused."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, done)
    return True


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
