"""The register: who sees which rows, what finds them, what it costs."""

from datetime import date
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from households.models import Household
from pairing.models import AuditEvent, Grant
from pairing.tables import capped_count
from tests import cast, factories
from tests.cast import World

URL = "/households/"


def shown(world: World, who: str, query: str = "") -> set[str]:
    """The positions whose head stands in the page."""
    page = world.client(who).get(URL + query).content.decode()
    return {position for position in cast.POSITIONS if cast.canary(position, "head") in page}


def test_each_reader_finds_the_files_of_his_scope(world: World):
    assert shown(world, "cadre") == {"own"}
    assert shown(world, "clerk") == {"own", "area", "ended"}
    assert shown(world, "staff") == {"own", "area", "ended", "other_village"}
    assert shown(world, "county_admin") == {"own", "area", "ended", "other_village", "other_township"}
    assert shown(world, "far_admin") == {"other_county"}


def test_filters_narrow_and_never_widen(world: World):
    assert shown(world, "staff", "?state=closed") == {"closed"}
    assert shown(world, "staff", "?state=unpaired") == {"area", "ended", "other_village"}
    assert shown(world, "staff", f"?village={cast.SECOND_VILLAGE}") == {"other_village"}
    assert shown(world, "staff", f"?village={cast.OTHER_VILLAGE}") == {
        "own",
        "area",
        "ended",
        "other_village",
    }
    assert shown(world, "staff", "?type=tekun") == set()
    assert shown(world, "staff", f"?q={world.files['area'].file_number}") == {"area"}


def test_names_are_found_by_part_and_by_initials(world: World):
    factories.household(cast.VILLAGE, members=[factories.MemberSpec("单红梅")])
    for text in ("红梅", "单", "shm", "shanhong"):
        assert "单红梅" in world.client("staff").get(URL, {"q": text}).content.decode(), text
    assert not world.client("other_staff").get(URL, {"q": "单红梅"}).context["table"].rows


def test_whole_numbers_of_people_are_not_searched_by_address(world: World):
    number = world.heads["area"].person.id_number.open()
    page = world.client("staff").get(URL, {"q": number}).content.decode()
    assert "field-wrong" in page


def test_pages_follow_each_other_without_gap_or_repeat(world: World):
    factories.households(factories.FileSpec(cast.VILLAGE) for _ in range(60))
    client, seen, query = world.client("staff"), [], ""
    for _ in range(4):
        page = client.get(f"{URL}?sort=number{query}")
        seen += [row["file_number"] for row in page.context["table"].rows]
        if not page.context["pager"].after:
            break
        query = f"&after={page.context['pager'].after}"
    wanted = Household.everything.open().filter(township_code=cast.TOWNSHIP).order_by("file_number")
    assert seen == list(wanted.values_list("file_number", flat=True))


def test_pages_of_a_search_follow_each_other_in_order_of_names(world: World):
    names = [f"单红{mark}" for mark in "梅兰竹菊春夏秋冬" for _n in "abcdefg"]
    factories.households(
        factories.FileSpec(cast.VILLAGE, [factories.MemberSpec(name, birth_date=date(1950 + n, 3, 1))])
        for n, name in enumerate(names)
    )
    client, seen, query = world.client("staff"), [], ""
    while True:
        page = client.get(f"{URL}?q=单红{query}")
        seen += [row["public_id"] for row in page.context["table"].rows]
        if not page.context["pager"].after:
            break
        query = f"&after={page.context['pager'].after}"
    wanted = Household.everything.filter(head_name__startswith="单红").order_by("head_key", "id")
    assert seen == list(wanted.values_list("public_id", flat=True))
    assert len(seen) == 56


def test_the_number_of_queries_does_not_grow_with_rows(world: World):
    client = world.client("staff")
    client.get(URL)
    with CaptureQueriesContext(connection) as few:
        client.get(URL)
    factories.households(factories.FileSpec(cast.VILLAGE) for _ in range(45))
    with CaptureQueriesContext(connection) as many:
        client.get(URL)
    assert len(many) == len(few) <= 9


def test_one_audit_row_names_the_filters_and_no_value(world: World):
    world.client("staff").get(URL, {"q": cast.canary("area", "head"), "state": "unpaired"})
    row = AuditEvent.objects.get(action="household.list")
    assert row.detail == {"filters": ["q", "state"]}
    assert row.object_ids == [world.files["area"].public_id]


def test_the_number_is_exact_within_a_township_and_capped_above(world: World, monkeypatch: Any):
    monkeypatch.setattr(capped_count, "__defaults__", (2,))
    counts = {who: world.client(who).get(URL).context["count"] for who in ("staff", "county_admin")}
    assert counts == {"staff": "4", "county_admin": "2+"}
    for place in (cast.TOWNSHIP, cast.SECOND_VILLAGE):
        page = world.client("county_admin").get(URL, {"village": place})
        assert page.context["count"] == str(len(page.context["table"].rows))


def test_people_without_a_grant_for_files_are_refused(world: World):
    for who in ("leader", "auditor", "system", "nobody", "reader"):
        assert world.client(who).get(URL).status_code == 403, who


def test_a_look_is_filed_where_the_files_are_and_found_by_the_file(world: World):
    Grant.objects.create(user=world.people["staff"], role="staff", area_id=cast.OTHER_TOWNSHIP)
    theirs = world.files["other_township"]
    client, auditor = world.client("staff"), factories.user("their_auditor", "auditor", cast.OTHER_TOWNSHIP)
    client.get(f"{URL}?village={theirs.village_code}")
    row = AuditEvent.objects.latest("pk")
    assert (row.object_area, row.actor_area) == (theirs.village_code, cast.OTHER_TOWNSHIP)
    client.get(URL)  # of both townships: filed under the first
    row = AuditEvent.objects.latest("pk")
    assert (row.object_area, row.actor_area) == (cast.TOWNSHIP, cast.TOWNSHIP)
    question = {"subject": theirs.file_number, "reason": "check"}
    answer = cast.sign_in(auditor).post(reverse("pairing:audit_object"), question)
    assert len(answer.context["question"].table.rows) == 2 + 1  # the question itself, too
