"""Taking an import back, as long as nobody has touched what it wrote."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import ProtectedError, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from households.actions.counters import recount
from households.actions.questions import refresh_questions
from households.models import (
    ChangeField,
    ChangeRequest,
    FileQuestion,
    Household,
    HouseholdYear,
    ImportBatch,
    ImportEffect,
    ImportRow,
    Membership,
    Person,
    PersonYear,
)
from households.models.scoped import codes_of
from households.register.staging import loads
from pairing import sets
from pairing.audit import action
from pairing.errors import Refused
from pairing.roles import P

#: In the order in which rows can be taken away.
_MODELS = {
    model._meta.model_name: model for model in (PersonYear, HouseholdYear, Membership, Person, Household)
}
_TOUCHED = _("Files of this import were worked on since. It can no longer be taken back.")


def undo(*, batch: ImportBatch, by: Any) -> ImportBatch:
    """Take back all that an import wrote: new rows go, changed ones are as before, requests are withdrawn.

    Raises Refused when anybody has touched one of its rows since.
    """
    with action("import.undo", by=by, permission=P.IMPORT) as entry:
        batch = ImportBatch.everything.select_for_update().get(pk=batch.pk)
        if batch.state != ImportBatch.State.APPLIED:
            raise Refused(_("This import is not in force."))
        effects = list(_effects(batch))
        files = sorted({effect.household_id for effect in effects})
        locked = Household.everything.filter(pk__in=files).order_by("pk").select_for_update()
        entry.about(batch, *locked)  # new ones are gone afterwards
        _check_untouched(batch, effects)
        requests = ChangeRequest.everything.filter(batch=batch)
        created = {effect.row_id for effect in effects if effect.created and effect.model == "household"}
        gone = Q(batch=batch) | Q(batch__state=ImportBatch.State.UNDONE)  # imports asked, nobody else
        of_created = ChangeRequest.everything.filter(gone, household__in=created)
        ChangeField.everything.filter(request__in=of_created).delete()
        of_created.delete()
        requests.update(state=ChangeRequest.State.WITHDRAWN)
        ImportEffect.everything.filter(batch=batch).delete()
        ImportRow.everything.filter(batch=batch).delete()
        FileQuestion.everything.filter(household__in=created).delete()
        try:
            for name, model in _MODELS.items():
                _take_back(model, [effect for effect in effects if effect.model == name])
        except ProtectedError as error:
            raise Refused(_TOUCHED) from error
        _give_back(effects)
        kept = [pk for pk in files if pk not in created]
        recount(kept)
        refresh_questions(*Household.everything.filter(pk__in=kept))
        batch.state = ImportBatch.State.UNDONE
        batch.version += 1
        batch.save()
        entry.detail = {"rows": len(effects)}
    return batch


@dataclass(frozen=True, slots=True)
class _Effect:
    """What an import did to one row."""

    household_id: int
    model: str
    row_id: int
    created: bool
    version_after: int
    before: str = ""


def _effects(batch: ImportBatch) -> Iterator[_Effect]:
    """All that an import did. The rows made together with a file stand with the file's own effect."""
    for e in ImportEffect.everything.filter(batch=batch).order_by("pk").iterator(chunk_size=2000):
        before = e.before.open()
        if e.created and before:
            for model, ids in loads(before).items():
                for pk in ids:
                    yield _Effect(e.household_id, model, pk, True, 1)
            before = ""
        yield _Effect(e.household_id, e.model, e.row_id, e.created, e.version_after, before)


def _check_untouched(batch: ImportBatch, effects: Sequence[_Effect]) -> None:
    """Every row still has the version that the import gave it, and no request was decided. Raises Refused."""
    touched: set[int] = set()
    by_model: dict[str, dict[int, _Effect]] = defaultdict(dict)
    for effect in effects:
        by_model[effect.model][effect.row_id] = effect
    for name, some in by_model.items():
        now = dict(_MODELS[name].everything.filter(pk__in=list(some)).values_list("pk", "version"))
        touched |= {e.household_id for pk, e in some.items() if now.get(pk) != e.version_after}
    created = [effect.row_id for effect in effects if effect.created and effect.model == "household"]
    ours = {effect.row_id for effect in effects if effect.model == "membership"}
    strangers = Membership.everything.filter(household__in=created).exclude(pk__in=ours)
    touched |= set(strangers.values_list("household_id", flat=True))
    touched |= set(
        Household.everything.filter(pk__in=created).exclude(pairings=None).values_list("pk", flat=True)
    )
    decided = ChangeRequest.everything.filter(batch=batch).exclude(state=ChangeRequest.State.WAITING)
    touched |= set(decided.values_list("household_id", flat=True))
    if touched:
        raise Refused(
            ngettext(
                "%(count)s file of this import was worked on since. It can no longer be taken back.",
                "%(count)s files of this import were worked on since. It can no longer be taken back.",
                len(touched),
            )
            % {"count": len(touched)}
        )


def _take_back(model: Any, effects: Sequence[_Effect]) -> None:
    created = [effect.row_id for effect in effects if effect.created]
    if created:
        model.everything.filter(pk__in=created).delete()
    changed = {effect.row_id: effect for effect in effects if not effect.created}
    rows = []
    for row in model.everything.filter(pk__in=list(changed)).order_by("pk"):
        text = changed[row.pk].before
        before = loads(text) if text else {}
        for name, value in before.items():
            setattr(row, name, value)
        row.version += 1
        rows.append((row, [*before, "version"]))
    sets.update(rows)


def _give_back(effects: Iterable[_Effect]) -> None:
    """Rows that are again as an earlier import left them are its own again: it can be taken back as well.

    That is so where the version before the one taken back is the one that the earlier import gave.
    """
    after = {(e.model, e.row_id): e.version_after for e in effects if not e.created}
    files = {e.household_id for e in effects if not e.created}
    earlier = ImportEffect.everything.filter(household__in=files, batch__state=ImportBatch.State.APPLIED)
    same, new = [], []
    for effect in earlier.order_by("pk"):
        if after.get((effect.model, effect.row_id)) == effect.version_after + 1:
            effect.version_after += 2  # by the import that is taken back, and by taking it back
            same.append(effect)
        made_with = loads(effect.before.open()) if effect.created and effect.before else {}
        new += [
            ImportEffect(
                batch_id=effect.batch_id, household_id=effect.household_id, model=model, row_id=pk,
                created=True, version_after=3, **codes_of(effect),
            )
            for model, ids in made_with.items() for pk in ids if after.get((model, pk)) == 2
        ]  # fmt: skip
    sets.update((effect, ["version_after"]) for effect in same)
    sets.insert(new)
