"""Days are Shanghai's, to the second, whatever clock the server or the phone has (S31): sixty cases."""

import time
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from households.models import Person
from households.views.files import age_on
from pairing import clock
from pairing.errors import Refused
from pairing.numbers import check_character, parse_date, parse_identity
from tests import cast, factories
from visits import rules
from visits.models import Promise, Visit
from visits.reports.strip import month_ends

#: The last day before each midnight: a common one, ends of February, of a year and of a half-year.
EVES = ["2026-11-22", "2027-02-28", "2028-02-28", "2028-02-29", "2026-12-31", "2026-06-30", "2100-02-28",
        "1999-12-31"]  # fmt: skip
BEFORE, AFTER = -1, 1  # seconds around midnight


def around(eve: str, seconds: int) -> datetime:
    """The moment so many seconds from the midnight that ends a day in Shanghai."""
    midnight = datetime.fromisoformat(eve).replace(tzinfo=clock.business_timezone) + timedelta(days=1)
    return (midnight + timedelta(seconds=seconds)).astimezone(UTC)


def day(eve: str, seconds: int) -> date:
    return date.fromisoformat(eve) + timedelta(days=seconds > 0)


@pytest.mark.parametrize("seconds", [BEFORE, AFTER])
@pytest.mark.parametrize("eve", EVES)
def test_the_business_day(eve, seconds):
    with time_machine.travel(around(eve, seconds), tick=False):
        assert clock.today() == day(eve, seconds)
        assert clock.day_of(clock.now()) == day(eve, seconds)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Urumqi", "Pacific/Kiritimati"])
def test_the_zone_of_the_server_does_not_matter(zone, monkeypatch):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        with time_machine.travel(around("2026-12-31", AFTER), tick=False):
            assert clock.today() == date(2027, 1, 1)
        with time_machine.travel(around("2026-12-31", BEFORE), tick=False):
            assert clock.today() == date(2026, 12, 31)
    finally:
        monkeypatch.undo()
        time.tzset()


def send(world, visited_on: date, **more):
    sent = {"client_id": str(uuid.uuid4()), "visited_on": "other", "visited_on_day": visited_on.isoformat(),
            "method": "home", "met_others": "son", "said": "words"}  # fmt: skip
    path = reverse("visits:visit_create", args=[world.files["own"].public_id])
    return world.client("cadre").post(path, sent | more).status_code


@pytest.mark.parametrize("offset", [0, 1])
@pytest.mark.parametrize("seconds", [BEFORE, AFTER])
@pytest.mark.parametrize("eve", ["2028-02-28", "2026-12-31"])
@pytest.mark.django_db
def test_a_visit_of_today_is_taken_and_one_of_tomorrow_is_not(eve, seconds, offset):
    with time_machine.travel(around(eve, seconds), tick=False):
        world = cast.build()
        visited_on = day(eve, seconds) + timedelta(days=offset)
        assert send(world, visited_on) == (422 if offset else 302)
        assert list(Visit.everything.values_list("visited_on", flat=True)) == [visited_on][: 1 - offset]


@pytest.mark.parametrize(
    ("start", "end", "visited", "fits"),
    [
        ("2027-12-31", None, "2027-12-31", True),
        ("2027-12-31", None, "2027-12-30", False),
        ("2028-02-29", None, "2028-02-28", False),
        ("2028-01-01", "2028-03-01", "2028-02-29", True),
        ("2028-01-01", "2028-03-01", "2028-03-01", False),  # half-open: the day of the end is outside
        ("2025-01-01", None, "2026-03-01", False),  # more than two years back
    ],
)
@pytest.mark.django_db
def test_a_visit_lies_inside_the_pairing(start, end, visited, fits):
    with time_machine.travel(around("2028-03-02", AFTER), tick=False):
        factories.areas(cast.AREAS)
        cadre = factories.user("cadre", "cadre", cast.TOWNSHIP)
        row = factories.households([factories.FileSpec(cast.VILLAGE)])[0]
        days = (date.fromisoformat(start), date.fromisoformat(end) if end else None)
        pairing = factories.pairings([(row, cadre, *days)])[0]
        if fits:
            assert rules.check_visit_day(row, cadre, date.fromisoformat(visited)) == pairing
            return
        with pytest.raises(Refused) as refused:
            rules.check_visit_day(row, cadre, date.fromisoformat(visited))
        assert refused.value.field == "visited_on"


@pytest.mark.parametrize(
    ("device", "off"),
    [
        (timedelta(0), False),
        (timedelta(minutes=9), False),
        (timedelta(days=3), True),
        (timedelta(days=-3), True),
        (timedelta(days=-20_000), True),
        (timedelta(days=20_000), True),
    ],
)
@pytest.mark.django_db
def test_the_clock_of_a_phone_is_seen_and_not_obeyed(device, off):
    moment = around("2026-12-31", AFTER)
    with time_machine.travel(moment, tick=False):
        world = cast.build()
        assert send(world, clock.today(), device_at=(moment + device).isoformat()) == 302
        visit = Visit.everything.get()
        assert (visit.recorded_at, visit.visited_on) == (moment, date(2027, 1, 1))
        page = world.client("cadre").get(reverse("visits:visit_detail", args=[visit.public_id]))
        assert page.context["clock_off"] is off


#: The first and last days of China's summer time, when a midnight lasted no hour or two.
SUMMER_TIME = ["1986-05-04", "1986-09-14", "1987-04-12", "1987-09-13", "1988-04-10", "1988-09-11",
               "1989-04-16", "1989-09-17", "1990-04-15", "1990-09-16", "1991-04-14", "1991-09-15"]  # fmt: skip


@pytest.mark.parametrize("born", SUMMER_TIME)
@pytest.mark.django_db
def test_a_birth_date_is_a_plain_date(born):
    first = f"629999{born.replace('-', '')}011"
    number = first + check_character(first)
    assert str(parse_date(born)) == born
    assert parse_identity(number, today=date(2026, 11, 22)).birth.isoformat() == born
    spec = factories.MemberSpec(birth_date=date.fromisoformat(born), id_number=number)
    factories.areas(cast.AREAS)
    factories.households([factories.FileSpec(cast.VILLAGE, [spec])])
    kept = Person.everything.get()
    assert (kept.birth_date.isoformat(), kept.id_number.open()) == (born, number)


@pytest.mark.parametrize(
    ("today", "age"), [("2026-02-28", 17), ("2026-03-01", 18), ("2028-02-28", 19), ("2028-02-29", 20)]
)
def test_who_was_born_on_29_february(today, age):
    with time_machine.travel(around(today, BEFORE), tick=False):
        assert age_on(date(2008, 2, 29)) == age


@pytest.mark.parametrize(("seconds", "overdue"), [(BEFORE, False), (AFTER, True)])
def test_a_promise_is_overdue_when_its_day_is_over(seconds, overdue):
    with time_machine.travel(around("2026-12-31", seconds), tick=False):
        assert Promise(due_on=date(2026, 12, 31)).is_overdue(clock.today()) is overdue


@pytest.mark.parametrize(
    ("today", "ends"),
    [
        (date(2026, 12, 31), [date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 31)]),
        (date(2027, 1, 1), [date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 1)]),
        (date(2028, 2, 29), [date(2027, 12, 31), date(2028, 1, 31), date(2028, 2, 29)]),
        (date(2028, 3, 1), [date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 1)]),
    ],
)
def test_months_end_where_they_end(today, ends):
    assert month_ends(today, 3) == ends
