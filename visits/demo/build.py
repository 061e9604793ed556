"""Builds the demo county: people first, then each township's two years, two townships at a time."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from pairing.models import Area, User
from visits.demo import desk, people, scale
from visits.demo.homes import shares
from visits.demo.life import Township

TOWNSHIPS = 8
SIZES = (12, 14, 11, 13, 15, 11, 13, 11)  # of the townships, in per cent
VILLAGES_EACH = 5
CADRES = 150
THROUGH_ACTIONS = 5_000  # above this, set by set (visits/demo/scale.py)
PARTS = 2


def is_built() -> bool:
    """Does the demo's administrator exist already?"""
    return User.objects.filter(username="admin").exists()


def build(households: int) -> None:
    """Build the whole county in this process and its children. Raises CalledProcessError when a part fails."""
    for command in ("load_areas", "load_codes"):
        call_command(command, verbosity=0)
    people.build_people(people.townships(TOWNSHIPS), cadres=CADRES, villages_each=VILLAGES_EACH)
    with ThreadPoolExecutor(PARTS) as pool:
        list(pool.map(lambda part: _run_part(part, households), range(PARTS)))


def _run_part(part: int, households: int) -> None:
    """One process for every ``PARTS``-th township, as the pages' own role."""
    manage = settings.BASE_DIR / "manage.py"
    subprocess.run(  # noqa: S603  # our own command
        [sys.executable, manage, "demo", "--households", str(households), "--part", str(part)],
        check=True,
        env=os.environ,
    )


def build_part(part: int, households: int) -> None:
    """The townships of one part."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")  # made-up data need not survive a power cut
    if households > THROUGH_ACTIONS:
        scale.fill(households, part, PARTS)
        return
    places = people.townships(TOWNSHIPS)
    for index, place in enumerate(places):
        if index % PARTS == part:
            build_township(place, index=index, households=share(households, index))


def share(households: int, index: int) -> int:
    """How many of the households live in township number ``index``."""
    return shares(households, SIZES)[index]


def build_township(place: Area, *, index: int, households: int) -> Township:
    """Files, pairings and two years of one township."""
    township = Township(place, index=index, total=TOWNSHIPS)
    township.register(households, VILLAGES_EACH)
    township.live()
    desk.lay_out(township)
    return township
