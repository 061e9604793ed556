"""Two small counties and the people who have accounts there."""

from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password

from tests.replay import replayed

PASSWORD = "windy plateau, seven sheep"
PLACES = [
    ("62", "province", "甘肃省"),
    ("6207", "prefecture", "张掖市"),
    ("620702", "county", "甘州区"),
    ("620702101", "township", "梁家墩镇"),
    ("620702102", "township", "上秦镇"),
    ("620702101201", "village", "清凉寺村"),
    ("620702102201", "village", "缪家堡村"),
    ("620721", "county", "肃南县"),
    ("620721101", "township", "红湾寺镇"),
    ("620721101201", "village", "隆丰村"),
]
PEOPLE = [
    ("system", "系统员", "620702", "system"),
    ("county", "县管理", "620702", "administrator"),
    ("town", "镇管理", "620702101", "administrator"),
    ("staff", "镇干事", "620702101", "staff"),
    ("clerk", "村文书", "620702101201", "clerk"),
    ("cadre", "张帮扶", "620702101", "cadre"),
    ("leader", "李领导", "620702", "leader"),
    ("auditor", "审计员", "620702", "auditor"),
    ("town_auditor", "镇审计", "620702101", "auditor"),
    ("neighbour", "邻镇管理", "620702102", "administrator"),
    ("neighbour_cadre", "邻镇干部", "620702102", "cadre"),
    ("far", "外县管理", "620721", "administrator"),
    ("far_cadre", "外县干部", "620721101", "cadre"),
]


@replayed
def build() -> SimpleNamespace:
    """Write the places and people; returns the users by their user name."""
    from pairing.models import Area, Grant, Unit, User
    from pairing.names import place_key

    Area.objects.bulk_create(
        [Area(code=c, level=lv, name=n, display_name=n, pinyin=place_key(n)) for c, lv, n in PLACES],
        ignore_conflicts=True,
    )
    cast = SimpleNamespace()
    secret = make_password(PASSWORD)
    for username, name, area, role in PEOPLE:
        user = User(username=username, area_id=area, password=secret, second_factor_on=True)
        user.set_name(name)
        user.save()
        Grant.objects.create(user=user, role=role, area_id=area)
        setattr(cast, username, user)
    cast.unit = Unit.objects.create(area_id="620702", county_code="620702", name="甘州区水务局")
    return cast


@pytest.fixture
def cast(db) -> SimpleNamespace:
    """The people, inside the test's transaction."""
    return build()


@pytest.fixture
def sign_in(client):
    """Sign a user in without a password, as if the second factor had been given."""

    def as_user(user):
        client.force_login(user, "pairing.adapters.UsernameOrPhone")
        return client

    return as_user


@pytest.fixture
def english(client):
    """A browser that reads English, for tests that look for sentences."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
