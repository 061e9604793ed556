"""Units, cadres, township staff and the one sign-in a role that the demo prints."""

from bisect import bisect
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.auth.hashers import make_password

from pairing import clock
from pairing.actions.people import create_user, grant_role
from pairing.actions.second_factors import activate_code_app
from pairing.models import Area, Unit, User
from pairing.models.units import VillageLink
from pairing.roles import Role
from visits.demo import words

COUNTY = "620702"
PREFECTURE = "6207"
PASSWORD = "heart-to-heart-2026"  # noqa: S105  # of the demo's sign-ins only; the command refuses elsewhere
FIRST_DAY = 800  # days ago that everybody's duty began


@dataclass(frozen=True)
class SignIn:
    """One of the printed sign-ins."""

    username: str
    name: str
    role: Role
    area: str  # the area of the grant; "{t}" and "{v}" stand for the first township and village
    duty: str


SIGN_INS = (
    SignIn("cadre", "马晓燕", Role.CADRE, COUNTY, "教师"),
    SignIn("clerk", "安永红", Role.CLERK, "{v}", "村文书"),
    SignIn("staff", "王立新", Role.STAFF, "{t}", "乡村振兴办干事"),
    SignIn("reader", "李淑芳", Role.STAFF, "{t}", "纪委副书记"),
    SignIn("township-admin", "杨志强", Role.ADMINISTRATOR, "{t}", "乡村振兴办主任"),
    SignIn("admin", "赵玉梅", Role.ADMINISTRATOR, COUNTY, "区乡村振兴服务中心"),
    SignIn("leader", "陈建国", Role.LEADER, COUNTY, "区委副书记"),
    SignIn("auditor", "高文静", Role.AUDITOR, COUNTY, "区审计局"),
    SignIn("system", "郭振华", Role.SYSTEM, PREFECTURE, "市大数据中心"),
)


def townships(count: int) -> list[Area]:
    """The first ``count`` rural townships of the county, in code order."""
    rural = Area.objects.active().townships().within(COUNTY).filter(code__gte=f"{COUNTY}100")
    return list(rural.order_by("code")[:count])


def villages(township: Area, count: int) -> list[Area]:
    """The first ``count`` villages proper of a township; neighbourhoods of a town come first in the codes."""
    places = Area.objects.active().villages().within(township.code).order_by("code")
    proper = [area for area in places if area.display_name.endswith("村")]
    return (proper or list(places))[:count]


def surname(random: Random, village_code: str = "") -> str:
    """A surname, the common ones more often; half of a village bears one of its own three."""
    if village_code and random.random() < 0.5:
        return random.choice(Random(f"{village_code} clans").sample(words.SURNAMES[:40], k=3))
    return random.choices(words.SURNAMES, [1 / (rank + 6) for rank in range(len(words.SURNAMES))])[0]


def person_name(random: Random, sex: str, family: str = "", *, born: int = 1980) -> str:
    """A made-up name as it was given in the year ``born``."""
    names = (words.MEN if sex == "male" else words.WOMEN)[bisect(words.GENERATIONS, born)]
    return (family or surname(random)) + random.choice(names.split())


def build_people(places: list[Area], *, cadres: int, villages_each: int) -> None:
    """Units with linked villages, ``cadres`` helpers spread over the units, staff for each township, sign-ins."""
    random = Random(COUNTY)
    county = Area.objects.get(pk=COUNTY)
    began = clock.today() - timedelta(days=FIRST_DAY)
    units = [
        Unit.objects.create(area=county, county_code=COUNTY, name=name, kind=kind, level=level)
        for name, kind, level in words.UNITS
    ]
    linked = [village for place in places for village in villages(place, villages_each)]
    for number, village in enumerate(linked):
        VillageLink.objects.create(unit=units[number % len(units)], village=village, started_on=began)
    first_village = villages(places[0], 1)[0]
    password = make_password(PASSWORD)
    for sign_in in SIGN_INS:
        area = Area.objects.get(pk=sign_in.area.format(t=places[0].code, v=first_village.code))
        user = create_user(
            name=sign_in.name,
            area=area if area.code.startswith(COUNTY) else Area.objects.get(pk=PREFECTURE),
            role=sign_in.role,
            role_area=area,
            unit=units[22] if sign_in.role == Role.CADRE else None,
            duty=sign_in.duty,
            username=sign_in.username,
            started_on=began,
            by=None,
        )
        if sign_in.username == "reader":
            grant_role(person=user, role=Role.READER, area=area, started_on=began, by=None)
        if user.needs_second_factor:
            activate_code_app(user, generate_totp_secret())
            user.second_factor_on = True
        user.password = password
        user.save(update_fields=["password", "second_factor_on"])
    for number in range(cadres - 1):
        sex = random.choice(["male", "male", "female"])
        create_user(
            name=person_name(random, sex),
            area=county,
            role=Role.CADRE,
            role_area=county,
            unit=units[number % len(units)],
            duty=random.choice(words.DUTIES),
            phone=f"199{random.randrange(10**8):08d}",
            username=f"cadre{number + 1:03d}",
            started_on=began,
            by=None,
        )
    for number, place in enumerate(places[1:], start=2):
        for role, name in ((Role.STAFF, f"staff{number:02d}"), (Role.ADMINISTRATOR, f"admin{number:02d}")):
            create_user(
                name=person_name(random, "male"),
                area=place,
                role=role,
                role_area=place,
                duty="乡村振兴办",
                username=name,
                started_on=began,
                by=None,
            )


def cadres_of(index: int, count: int) -> list[User]:
    """The cadres who help in township number ``index`` of ``count``: every ``count``-th."""
    everybody = list(User.objects.filter(username__startswith="cadre").order_by("username"))
    return everybody[index::count]


def staff_of(place: Area) -> User:
    """The township's first member of staff."""
    return User.objects.filter(grants__area=place, grants__role=Role.STAFF).order_by("pk").first() or User(
        pk=None
    )


def administrator_of(place: Area) -> User:
    """The township's administrator."""
    return User.objects.get(grants__area=place, grants__role=Role.ADMINISTRATOR)
