"""One file (户档案): all of it for the office, a two-minute brief for the helper, less for the clerk."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from households.forms.years import YEAR_FACTS
from households.models import (
    Absence,
    FileQuestion,
    Household,
    HouseholdYear,
    Membership,
    Pairing,
    PersonYear,
)
from households.rules import words
from households.rules.depths import Depth, depth_of, sees
from households.rules.questions import sentence
from households.views.reach import heads_first, household_or_404
from pairing import audit, clock, codelists, numbers
from pairing.access import covers, permission_required
from pairing.models import Area, VillageLink
from pairing.roles import P
from pairing.together import read

#: By rule the page that puts right what it asks about; a member's where the question speaks of one.
MENDED_AT = {
    "head_missing": "change_create",
    "members_missing": "member_create",
    "relations_missing": "relations_edit",
    "phone_missing": "household_edit",
    "same_person": "member_remove",
    **dict.fromkeys(("year_missing", "year_old", "type_missing", "cause_missing"), "year_edit"),
    **dict.fromkeys(("health_missing", "labour_of_child"), "person_year_edit"),
    **dict.fromkeys(
        ("relation_missing", "number_missing", "number_wrong", "number_old", "birth_differs", "birth_missing",
         "sex_differs", "spouse_sex", "relation_sex", "generation"),
        "member_edit",
    ),
}  # fmt: skip
PAIRING_SHOWN = (
    "household", "public_id", "role", "voided", "started_on", "ended_on", "cadre__name", "cadre__unit__name",
)  # fmt: skip
MOVED = "moved"  # the code of the reason for which a file closes that goes on in another county


@require_GET
@permission_required(P.HOUSEHOLD_VIEW)
def household_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A file in the reader's scope, with as many fields as his role sees."""
    household = household_or_404(request, public_id, P.HOUSEHOLD_VIEW)
    depth = depth_of(request.user, household.village_code)
    audit.read("household.show", by=request.user, objects=[household], permission=P.HOUSEHOLD_VIEW)
    rows = RowsOf(household, depth)
    members = heads_first(rows.members)
    helps = any(p.cadre_id == request.user.pk and p.state == Pairing.State.OPEN for p in rows.pairings)
    context = {
        "household": household,
        "depth": depth,
        "place": place_in_words(household, rows.areas),
        "members": [member_line(m, row, depth) for m, row in with_years(members, rows.person_years)],
        "absences": absences(rows.absences, members),
        "pairings": list(rows.pairings),
        "linked": list(rows.links),
        "questions": questions(household, rows.questions, members),
        "waiting": bool(rows.waiting),
        "facts": year_facts(next(iter(rows.years), None), depth),
        "phones": phones(household, members) if depth == "office" or helps else [],
        "bank": numbers.mask_bank_number(household.bank_account.open()) if depth == "office" else "",
        "closed_because": words.say("closed_reason", household.closed_reason),
        "linked_files": linked_files(request, household),
        "may_edit": depth == "office",
        "may_list": covers(request.user, P.PAIRING_MANAGE, household.village_code),
        "sections": sections(request, household),
    }
    return render(request, "households/household_detail.html", context)


class RowsOf:
    """The rows that a file's page shows, read in one statement; only the office sees the last three."""

    def __init__(self, household: Household, depth: str) -> None:
        office = depth == "office"
        today = clock.today()
        self.members = household.memberships.present().select_related("person").order_by("pk")
        self.person_years = household.person_years.order_by("person_id", "-year").distinct("person_id")
        self.absences = household.absences.on(today)
        pairings = household.pairings.valid().select_related("cadre__unit")
        self.pairings = pairings.only(*PAIRING_SHOWN)
        self.years = household.years.filter(year__lte=today.year).order_by("-year")[:1]
        self.areas = areas_of(household)
        self.links = VillageLink.objects.today_in(*([household.village_code] if office else []))
        questions, changes = household.questions.unanswered(), household.change_requests.waiting()
        self.questions = questions if office else questions.none()
        self.waiting = changes.order_by().values_list("pk")[:1] if office else changes.none()
        read(*vars(self).values())


def sections(request: HttpRequest, household: Household) -> list[SafeString]:
    """What the floor above shows on this page; each block looks after its own scope."""
    found = (import_string(name)(request, household) for name in settings.HOUSEHOLD_SECTIONS)
    return [block for block in found if block]


def linked_files(request: HttpRequest, household: Household) -> list[dict[str, Any]]:
    """The files before and after a move into another county, each with a link where the reader may see it."""
    rows = Household.objects.visible_to(request.user, P.HOUSEHOLD_VIEW)
    found = []
    if household.moved_from:
        before = rows.filter(public_id=household.moved_from).first()
        found.append({"file": before, "text": _("This file goes on from one in another county.")})
    if household.closed_reason == MOVED and (after := rows.filter(moved_from=household.public_id).first()):
        found.append({"file": after, "text": _("The file goes on in another county.")})
    return found


def areas_of(household: Household) -> QuerySet[Area]:
    """The township and the village of a file."""
    return Area.objects.filter(pk__in=[household.township_code, household.village_code]).order_by("code")


def place_in_words(household: Household, areas: Iterable[Area]) -> str:
    """Township, village and group."""
    return " · ".join([*(area.label for area in areas), *filter(None, [household.group_name])])


def place_of(household: Household) -> str:
    """Township, village and group in words."""
    return place_in_words(household, areas_of(household))


def with_years(
    members: list[Membership], newest: Iterable[PersonYear]
) -> list[tuple[Membership, PersonYear | None]]:
    """Each member with the ``newest`` facts of a year."""
    of_person = {row.person_id: row for row in newest}
    return [(m, of_person.get(m.person_id)) for m in members]


def member_line(membership: Membership, year: PersonYear | None, depth: str) -> dict[str, Any]:
    """One member as the page shows him. The number is masked to the digits of its area (S06)."""
    person = membership.person
    line: dict[str, Any] = {
        "membership": membership,
        "person": person,
        "relation": codelists.label("relation", membership.relation),
        "sex": person.get_sex_display(),
        "age": age_on(person.birth_date),
    }
    if depth == "clerk":
        return line
    line["health"] = words.say("health", year.health) if year else ""
    line["labour"] = words.say("labour", year.labour) if year else ""
    line["work"] = words.say("work_place", year.work_place) if year else ""
    line["schooling"] = words.say("schooling", year.schooling) if year else ""
    if depth == "office":
        line["number"] = numbers.mask_identity(person.id_number.open())
        line["birth"] = person.birth_date
        line["year"] = year.year if year else None
    return line


def age_on(born: Any) -> int | None:
    """Completed years today."""
    today = clock.today()
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def absences(rows: Iterable[Absence], members: list[Membership]) -> list[dict[str, Any]]:
    """Who is away today, since when, until when in people's words."""
    names = {m.person_id: m.person.name for m in members}
    return [
        {
            "absence": row,
            "who": names.get(row.person_id, "") if row.person_id else None,
            "where": words.say("where", row.where),
        }
        for row in rows
        if row.person_id is None or row.person_id in names
    ]


def questions(
    household: Household, rows: Iterable[FileQuestion], members: list[Membership]
) -> list[dict[str, Any]]:
    """The rules' open questions as sentences, with what would clear each and where."""
    of_person = {str(m.person.public_id): m for m in members}
    found = []
    for question in rows:
        member = of_person.get(question.subject)
        text, clears = sentence(question.rule, member.person.name if member else "", question.facts)
        url = mended_at(household, question, member)
        found.append({"question": question, "text": text, "clears": clears, "url": url})
    return found


def mended_at(household: Household, question: FileQuestion, member: Membership | None) -> str:
    """The page on which what a rule asks about can be put right; "" where no page does."""
    name = MENDED_AT.get(question.rule, "")
    if name in {"member_edit", "member_remove", "person_year_edit"}:
        return reverse(f"households:{name}", args=[member.public_id]) if member else ""
    if name == "year_edit":
        this_year = clock.today().year
        year = this_year if question.rule == "year_old" else question.facts.get("year", this_year)
        return reverse("households:year_edit", args=[household.public_id, year])
    return reverse(f"households:{name}", args=[household.public_id]) if name else ""


def year_facts(row: HouseholdYear | None, depth: Depth) -> dict[str, Any]:
    """The facts of this year, or of the newest before it; which of the two is said on the page."""
    this_year = clock.today().year
    shown = [name for name in YEAR_FACTS if sees(depth, name)] if row else []
    facts = [(words.label("household_year", name), words.say(name, getattr(row, name))) for name in shown]
    return {
        "row": row,
        "facts": [fact for fact in facts if fact[1]],
        "old": row is not None and row.year < this_year,
        "year": row.year if row else None,
        "this_year": this_year,
        "source": words.say("fact_source", row.fact_source) if row else "",
    }


def phones(household: Household, members: list[Membership]) -> list[dict[str, Any]]:
    """Whose phone can be shown on request; the page itself carries masks only."""
    found = []
    if household.phone:
        found.append(
            {"key": household.public_id, "name": "", "mask": numbers.mask_phone(household.phone.open())}
        )
    for m in members:
        if m.person.phone:
            mask = numbers.mask_phone(m.person.phone.open())
            found.append({"key": m.person.public_id, "name": m.person.name, "mask": mask})
    return found
