"""Members: joined, edited, left; their facts of a year; who is away until when."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from households import rules
from households.actions.change_values import head_value, number_taken
from households.actions.changes import FieldChange, propose_change
from households.actions.entries import MemberEntry, PersonYearEntry, differing, values_of
from households.actions.saving import Saved, check_version, locked_open, text_of, touched
from households.models import Absence, Household, Membership, Person, PersonYear
from households.models.members import HEAD
from households.models.scoped import codes_of
from households.rules.depths import MASKED
from pairing import clock, numbers
from pairing.audit import action
from pairing.errors import Refused, Telling, refusing
from pairing.fields import blind_of
from pairing.names import sort_key
from pairing.roles import P

PLAIN = ("ethnic_group", "person_number", "phone")  # the person's facts that change at once
DEATH = "death"


def join(household: Household, member: MemberEntry, *, on: date) -> Membership:
    """Let a person join a locked file; for actions that have opened their own audit row.

    Somebody who left another file of the county is the same person again and keeps his history.
    Raises Refused.
    """
    rules.check_day(on, "joined_on")
    person = _known(household, member) or Person()
    if person.pk is None:
        person.name, person.name_key = member.name, sort_key(member.name)[:200]
        person.sex, person.birth_date = member.sex, member.birth_date
        person.certificate = member.certificate
        person.id_number = numbers.normal_identity(member.id_number)
        person.ethnic_group, person.person_number = member.ethnic_group, member.person_number
        person.phone = member.phone
    person.place(household.village_code)
    with refusing(
        identity_once_per_county=number_taken(),
        membership_one_household_at_a_time=Telling(
            _("This person belonged to another family on that day."), "joined_on"
        ),
        one_head_at_a_time=_("This family has a head already. Ask for a change of head instead."),
    ):
        person.save()
        membership = Membership(
            household=household,
            person=person,
            relation=member.relation,
            joined_on=on,
            joined_reason=member.joined_reason,
            **codes_of(household),
        )
        membership.save(force_insert=True)
    for year in member.years:
        _write_person_year(household, person, year)
    return membership


def _known(household: Household, member: MemberEntry) -> Person | None:
    """The person of that number who lives in no file at present."""
    hashed = blind_of(Person, "identity_hmac", member.id_number) if member.id_number else None
    if hashed is None:
        return None
    person = Person.everything.filter(county_code=household.county_code, identity_hmac=hashed).first()
    if person is None:
        return None
    lives_in = Membership.everything.present().filter(person=person).values_list("household_id", flat=True)
    if household.pk in lives_in:
        raise Refused(
            _("This number belongs to %(name)s of this family.") % {"name": person.name}, "id_number"
        )
    if lives_in or person.name != member.name:
        raise number_taken()
    return person


def add_member(*, household: Household, member: MemberEntry, by: Any) -> Saved[Membership]:
    """A person joins the family, with day and reason.

    A new head of a file that had one before joins as "other", with a change request. Raises Refused.
    """
    with action("member.add", by=by, reason=member.joined_reason, permission=P.HOUSEHOLD_EDIT) as entry:
        household = locked_open(household)
        entry.about(household)
        rules.check_may_join(household, member.relation)
        rules.check_born(member.birth_date, member.joined_on or clock.today())
        waits = member.relation == HEAD and rules.head_waits(household)
        joining = replace(member, relation="other") if waits else member
        membership = join(household, joining, on=member.joined_on or clock.today())
        person = membership.person
        touched(household, people=True)
        request = None
        if waits:
            head = FieldChange("household", "head", head_value(person, ""), person)
            request = propose_change(household=household, changes=[head], reason="member_change", by=by)
        entry.about(household, person, fields=["members"])
    return Saved(membership, request)


def edit_member(
    *,
    membership: Membership,
    relation: str | None = None,
    values: Mapping[str, str] | None = None,
    reason: str,
    proof: str = "",
    version: int | None = None,
    by: Any,
) -> Saved[Membership]:
    """Change a member's relation (not to or from head) and facts, given as text by the person's field names.

    Plain facts count at once; name, sex, birth date and certificate become a change request. ``version`` is
    the membership's that the reader saw. Raises Refused, and Conflict for a stale version.
    """
    values = dict(values or {})
    identity = {name for name in values if rules.is_sensitive("person", name)}
    if unknown := set(values) - identity - set(PLAIN):
        raise ValueError(f"not a person's facts: {sorted(unknown)}")
    with action("member.edit", by=by, reason=reason, permission=P.HOUSEHOLD_EDIT) as entry:
        household = locked_open(membership.household)
        membership = Membership.everything.select_for_update().select_related("person").get(pk=membership.pk)
        rules.check_present(membership)
        person = membership.person
        rules.check_reason(reason)
        relation = membership.relation if relation is None else relation
        stored = {
            "relation": membership.relation,
            **{name: text_of(getattr(person, name)) for name in values},
        }
        sent = {"relation": relation, **values}
        check_version(membership, version, "person", stored, sent)
        rules.check_relation_stays_or_moves_freely(membership, relation)
        changed = [name for name in sent if sent[name] != stored[name] and name not in identity]
        asked = [
            FieldChange("person", name, sent[name], person)
            for name in sent
            if name in identity and (sent[name] != stored[name] or name in MASKED)
        ]
        if changed:
            membership.relation = relation
            membership.version += 1
            membership.save(update_fields=["relation", "version"])
            if of_person := [name for name in changed if name != "relation"]:
                for name in of_person:
                    setattr(person, name, values[name])
                person.version += 1
                person.save(update_fields=[*of_person, "phone_hmac", "version"])
            touched(household, people=True)
        request = None
        if asked:
            request = propose_change(household=household, changes=asked, reason=reason, proof=proof, by=by)
        entry.quiet = not changed and request is None
        entry.about(household, person, fields=changed)
    return Saved(membership, request)


def remove_member(*, membership: Membership, left_on: date, reason: str, by: Any) -> Membership:
    """A member leaves from a day on, with a reason (a code of ``member_left_reason``); his history stays.

    When the head leaves, the file asks for a new one. Raises Refused for an impossible day.
    """
    with action("member.remove", by=by, reason=reason, permission=P.HOUSEHOLD_EDIT) as entry:
        household = locked_open(membership.household)
        membership = Membership.everything.select_for_update().select_related("person").get(pk=membership.pk)
        rules.check_may_leave(membership, left_on)
        rules.check_reason(reason, "left_reason")
        membership.left_on, membership.left_reason = left_on, reason
        membership.version += 1
        membership.save(update_fields=["left_on", "left_reason", "version"])
        if reason == DEATH:
            membership.person.died_on = left_on
            membership.person.version += 1
            membership.person.save(update_fields=["died_on", "version"])
        open_absences = Absence.everything.filter(
            household=household, person=membership.person, until__isnull=True
        )
        open_absences.filter(away_from__lte=left_on).update(until=left_on)
        touched(household, people=True)
        entry.about(household, membership.person, fields=["left_on", "left_reason"])
    return membership


def record_person_year(*, membership: Membership, facts: PersonYearEntry, by: Any) -> PersonYear:
    """Write what is true of a member in one year; a year already there is changed. Raises Refused."""
    with action("member.year", by=by, permission=P.HOUSEHOLD_EDIT) as entry:
        household = locked_open(membership.household)
        rules.check_present(Membership.everything.get(pk=membership.pk))
        row, changed = _write_person_year(household, membership.person, facts)
        entry.quiet = not changed
        entry.about(household, membership.person, fields=changed)
        if changed:
            touched(household)
    return row


def _write_person_year(
    household: Household, person: Person, facts: PersonYearEntry
) -> tuple[PersonYear, list[str]]:
    values = values_of(facts)
    row = PersonYear.everything.filter(person=person, year=facts.year).first()
    if row is None:
        row = PersonYear(person=person, household=household, year=facts.year, **values, **codes_of(household))
        row.save(force_insert=True)
        return row, sorted(values)
    changed = differing(row, values)
    if row.household_id != household.pk:  # he came during the year: its facts come along with him
        changed |= {"household": household, **codes_of(household)}
    if changed:
        for name, value in changed.items():
            setattr(row, name, value)
        row.version += 1
        row.save(update_fields=[*changed, "version"])
    return row, sorted(changed)


def record_absence(
    *,
    household: Household,
    person: Person | None = None,
    away_from: date,
    until: date | None = None,
    expected_back: str = "",
    where: str = "",
    by: Any,
) -> Absence:
    """A member, or with no person the whole family, is away from a day on. ``until`` is the first day back.

    Raises Refused for a day that has not come, an end before the start, or somebody who is away already.
    """
    rules.check_day(away_from, "away_from")
    if until is not None and until < away_from:
        raise Refused(_("The end lies before the beginning."), "until")
    with action("absence.record", by=by) as entry:
        household = locked_open(household)
        if (
            person is not None
            and not Membership.everything.present().filter(household=household, person=person).exists()
        ):
            raise Refused(_("This person is no member of the family."), "person")
        if Absence.everything.filter(household=household, person=person).on(away_from).exists():
            raise Refused(_("An absence stands there already. End it first."), "away_from")
        absence = Absence(
            household=household,
            person=person,
            away_from=away_from,
            until=until,
            expected_back=expected_back,
            where=where,
            **codes_of(household),
        )
        absence.save(force_insert=True)
        entry.about(household, absence, fields=["away_from", "until", "where"])
    return absence


def end_absence(*, absence: Absence, until: date, by: Any) -> Absence:
    """Somebody is back: ``until`` is the first day at home. Raises Refused."""
    with action("absence.end", by=by) as entry:
        household = locked_open(absence.household)
        absence = Absence.everything.select_for_update().get(pk=absence.pk)
        rules.check_day(until, "until", since=absence.away_from)
        absence.until = until
        absence.version += 1
        absence.save(update_fields=["until", "version"])
        entry.about(household, absence, fields=["until"])
    return absence


def expect_back(*, absence: Absence, expected_back: str, by: Any) -> Absence:
    """Somebody who is away comes back at another time than was thought. Raises Refused."""
    with action("absence.edit", by=by) as entry:
        household = locked_open(absence.household)
        absence = Absence.everything.select_for_update().get(pk=absence.pk)
        absence.expected_back = expected_back
        absence.version += 1
        absence.save(update_fields=["expected_back", "version"])
        entry.about(household, absence, fields=["expected_back"])
    return absence


def restore_absence(
    *, absence: Absence, until: date | None, expected_back: str, version: int, by: Any
) -> bool:
    """Put an absence back to what it was, unless somebody has changed it since ``version``: was it done?

    It also stays where the same people have gone away once more since. With ``until`` on its first day it
    never held.
    """
    with action("absence.undo", by=by) as entry:
        absence = Absence.everything.select_for_update().get(pk=absence.pk)
        if absence.version != version:
            return False
        later = Absence.everything.filter(
            household=absence.household_id, person=absence.person_id, away_from__gt=absence.away_from
        )
        if until not in (absence.until, absence.away_from) and later.exclude(until=F("away_from")).exists():
            return False
        absence.until, absence.expected_back = until, expected_back
        absence.version += 1
        absence.save(update_fields=["until", "expected_back", "version"])
        entry.about(absence, fields=["until", "expected_back"])
    return True
