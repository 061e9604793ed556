"""The demo county keeps the invariants of a real one, whether built through actions or set by set."""

from collections import Counter
from random import Random

import pytest
from django.core.management import call_command
from django.db.models import Count, F, Q

from households.models import ChangeRequest, FileQuestion, Household, Membership, Pairing, Person
from pairing import clock
from pairing.models import User
from pairing.roles import P
from visits.actions import counters
from visits.demo import build, desk, files, homes, life, news, people, scale, talks, words
from visits.models import Problem, Promise, Visit, VisitEffect
from visits.models.today import read_rows

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
KEPT = ("last_visit_on", "open_problems", "open_promises", "pairing_count", "member_count", "lead_id")


@pytest.fixture
def county() -> None:
    """Places, code lists and people of the demo county."""
    for command in ("load_areas", "load_codes"):
        call_command(command, verbosity=0)
    people.build_people(people.townships(2), cadres=6, villages_each=2)


def check_invariants() -> None:
    """What must be true of any county."""
    before = {row.pop("pk"): row for row in Household.everything.values("pk", *KEPT)}
    counters.recount(list(before))
    after = {row.pop("pk"): row for row in Household.everything.values("pk", *KEPT)}
    assert before == after
    leads = Pairing.everything.open().filter(role="lead")
    assert not leads.values("household").annotate(n=Count("pk")).filter(n__gt=1).exists()
    assert (
        not Household.everything.filter(lead__isnull=False).exclude(pk__in=leads.values("household")).exists()
    )
    heads = (
        Membership.everything.present().filter(relation="head").values("household").annotate(n=Count("pk"))
    )
    assert not heads.filter(n__gt=1).exists()
    assert not Visit.everything.filter(visited_on__gt=clock.today()).exists()
    outside = Q(household__pairings__started_on__lte=F("visited_on"))
    assert not Visit.everything.exclude(outside).exists()
    numbers = [p.id_number.open() for p in Person.everything.all()[:200]]
    assert all(number[:6] == "629999" for number in numbers if number)


def test_a_township_lives_two_years_through_the_actions(
    county: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "TOLD", 0.9)  # in so few households hardly anything would be told
    life.REFUSALS.clear()
    place = people.townships(1)[0]
    township = life.Township(place, index=0, total=1)
    township.register(24, 2)
    township.live()
    check_invariants()
    assert Household.everything.count() == 24
    assert Visit.everything.count() > 60
    assert len(life.REFUSALS) <= Visit.everything.count() // 50
    assert Promise.everything.exists() or Problem.everything.exists()
    assert FileQuestion.everything.unanswered().exists()
    assert ChangeRequest.everything.count() < 24
    kinds = set(VisitEffect.everything.values_list("kind", flat=True))
    assert len(kinds & {"away", "back", "later", "asked", "recorded"}) >= 3
    assert build.is_built()
    requests = ChangeRequest.everything.count()
    desk.lay_out(township)
    check_invariants()
    assert ChangeRequest.everything.count() == requests + 3
    found = set(ChangeRequest.everything.values_list("state", flat=True))
    assert {"returned", "withdrawn"} <= found
    cadre = User.objects.get(username="cadre")
    rows = read_rows(cadre)[0]
    for work in ("promise_due", "owed", "asked", "unconfirmed", "returned"):
        assert any(row[work] for row in rows), work
    staff = User.objects.get(username="staff")
    inbox = Problem.objects.visible_to(staff, P.PROBLEM_ANSWER)
    assert inbox.filter(state="referred", level="township").exists()
    assert Problem.everything.late(clock.today()).exists() or inbox.filter(level="county").exists()
    assert Promise.everything.filter(state="open", due_on__lt=clock.today()).exists()


def test_what_the_demo_says_fits_whom_it_speaks_of() -> None:
    random, numbers = Random("fits"), files.Numbers(0, 1)
    drafts = files.drafts(random, numbers, "620702100200", 200)
    for draft in drafts:
        years = {member.name: member.years[0] for member in draft.members}
        assert set(draft.subjects) <= set(words.SAID)
        assert all(years[name].health != ("healthy",) for name in draft.subjects.get("illness", []))
        assert all(years[name].work_place in words.BACK for name in draft.subjects.get("away", []))
    families = Counter(draft.members[0].name[0] for draft in drafts)
    assert families.most_common(1)[0][1] > 20, "a village has its clans"
    assert homes.shares(24, (5, 8)) == [9, 15]
    assert sum(homes.shares(1_203, build.SIZES)) == 1_203


def test_no_outcome_belongs_to_another_problem_and_no_deed_to_another_promise() -> None:
    kinds = {kind for kind, _said, triage, _outcome in words.PROBLEMS if triage == "mine"}
    assert kinds <= set(words.TAKEN_ON) | {"work"}
    assert set(words.TAKEN_ON.values()) <= set(words.PROMISES)
    assert len(words.OUTCOMES) == len(words.PROBLEMS)
    assert {kind for kind, *_ in words.PROBLEMS} >= set(talks.OFFICES) | set(talks.NEEDS)
    assert set().union(*talks.NEEDS.values()) <= set(words.SAID)


def test_a_large_county_is_filled_set_by_set_with_the_same_invariants(county: None) -> None:
    scale.fill(300, 0, 1)
    check_invariants()
    assert Household.everything.count() == 300
    assert Visit.everything.count() > 2_000
