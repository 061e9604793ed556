"""Remove one guard at a time, and see whether a test turns red (S44). Long: not part of a CI run.

    .venv/bin/python -m tests.sabotage [--minutes 60] [--kind scope …] [--list]

Works on a copy of the checkout. A place is a guard: the scope of a query, the permission of a view, a read that
is recorded, a lock, a constraint, a mask, a rule. Each is taken out alone; the tests named for it, of its own view
first, then the access matrix, must not stay green. At the end stand the survivors, and the part found by kind.
"""

# ruff: noqa: E501 (the lists of places read as tables)

import argparse
import ast
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MATRIX = "tests/conventions/test_access_matrix.py::test_matrix"
RACES = "tests/visits/test_races.py"
UNDER_LOCK = "tests/visits/test_rights_under_lock.py"
WORLDS = "tests/conventions/test_world_a_b.py"  # counts of what lies out of scope
GUARDED = r"(pairing|households|visits)/(views|forms|sections|reports|rules)"
MOST = 12  # test files for one place; what most pages come by, the matrix sees


@dataclass(frozen=True)
class Place:
    """A guard: the part of a file from ``start`` to ``end`` that ``instead`` replaces, and who should notice."""

    kind: str
    path: str
    start: int
    end: int
    instead: str
    tests: tuple[str, ...]
    name: str


# --- guards that are found in the code ----------------------------------------------------------------------


def found() -> Iterator[Place]:
    """Every scope filter, permission and recorded read of the views and what they build on."""
    for path in sorted(ROOT.glob("*/**/*.py")):
        inner = path.relative_to(ROOT).as_posix()
        if re.match(GUARDED, inner):
            yield from guards_of(inner, path.read_text())


def guards_of(path: str, code: str) -> Iterator[Place]:
    """The guards of one module."""
    lines = [0]
    for line in code.splitlines(keepends=True):
        lines.append(lines[-1] + len(line.encode()))
    data = code.encode()

    def span(node: ast.expr) -> tuple[int, int]:
        return lines[node.lineno - 1] + node.col_offset, lines[node.end_lineno - 1] + node.end_col_offset  # type: ignore[operator]

    tree = ast.parse(code)
    classes = {
        id(function): node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        for function in node.body
    }
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        tests = tests_of(path, classes.get(id(function), function.name))
        for node in ast.walk(function):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            start, end = span(node)
            name = f"{path}:{node.lineno} {function.name}"
            text = data[start:end].decode()
            scoped = re.match(r"(\w+)\.objects\.visible_to\(", text)
            if scoped and node.func.attr == "visible_to":
                door = "objects" if path.startswith("pairing/") or scoped[1] in GROUND else "everything"
                yield Place("scope", path, start, end, f"{scoped[1]}.{door}.all()", (*tests, WORLDS), name)
            elif node.func.attr in ("read", "write") and text.startswith("audit."):
                yield Place("audit", path, start, end, "None", tests, name)
        for decorator in function.decorator_list:
            start, end = span(decorator)
            if data[start:end].startswith(b"permission_required("):
                name = f"{path}:{decorator.lineno} {function.name}"
                yield Place("permission", path, start, end, "permission_required(*P)", tests, name)


GROUND = {"User", "Area", "Unit", "Grant", "VillageLink", "AuditEvent"}


def tests_of(path: str, name: str) -> tuple[str, ...]:
    """The tests of every view that comes by a function or class, by their names, and the matrix."""
    known, waiting = list[tuple[str, str]](), [(path, name)]
    for path, name in waiting:
        if (path, name) not in known:
            known.append((path, name))
            waiting += [
                (module, user)
                for (module, user), used in uses().items()
                if name in used and (module == path or not name.startswith("_"))
            ]
    own = [
        file.relative_to(ROOT).as_posix()
        for _, name in known
        for file in ROOT.glob(f"tests/*/test_{name}.py")
    ]
    return (*dict.fromkeys(own[:MOST]), MATRIX)


@cache
def uses() -> dict[tuple[str, str], set[str]]:
    """The names that stand in each function and class at the top of the views and what they build on."""
    found: dict[tuple[str, str], set[str]] = {}
    for path in sorted(ROOT.glob("*/**/*.py")):
        inner = path.relative_to(ROOT).as_posix()
        if re.match(GUARDED, inner):
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.FunctionDef | ast.ClassDef):
                    found[inner, node.name] = set(re.findall(r"\w+", ast.unparse(node)))
    return found


# --- guards that are named by hand --------------------------------------------------------------------------

#: kind, file, what stands there, what shall stand there, the tests
BY_HAND = [
    ("lock", "households/actions/saving.py", "Household.everything.select_for_update().filter(", "Household.everything.filter(", RACES),
    ("lock", "households/actions/changes.py", "ChangeRequest.everything.select_for_update().get", "ChangeRequest.everything.get", RACES),
    ("lock", "visits/actions/counters.py", "Household.everything.select_for_update(no_key=True).filter", "Household.everything.filter", "tests/visits/test_visit_actions.py " + RACES),
    ("lock", "households/actions/pairing_changes.py", "(rows.select_for_update(no_key=True) if lock else rows)", "rows", "tests/households/test_pairings.py " + RACES),
    ("rule", "households/actions/saving.py", "if version is None or row.version == version:", "if True:", "tests/households/test_files_actions.py"),
    ("scope", "households/rules/files.py", "if not Household.everything.visible_to(by, permission).filter(pk=household.pk).exists():", "if False:", UNDER_LOCK),
    ("scope", "visits/actions/counters.py", "    rules.check_reach(household, by, permission)\n", "    pass\n", UNDER_LOCK),
    ("scope", "visits/actions/counters.py", "if Household.everything.visible_to(by, permission).filter(pk__in=rows).count() < len(rows):", "if False:", UNDER_LOCK),
    ("scope", "visits/actions/corrections.py", "if not waits_for_him and not reach.filter(pk=row.pk).exists():", "if False:", UNDER_LOCK),
    ("scope", "households/actions/changes.py", "        rules.check_reach(household, by, P.CHANGE_PROPOSE)\n        wanted", "        wanted", UNDER_LOCK),
    ("scope", "households/actions/pairing_changes.py", "            rules.check_within_area(by, household)\n", "            pass\n", UNDER_LOCK),
    ("scope", "households/actions/saving.py", "if any(file.village_code != villages[file.pk] for file in files):", "if False:", UNDER_LOCK + " tests/households/test_household_move.py"),
    ("rule", "pairing/rules.py", "not can(check_can_manage, invitation.user, by=maker)", "False", "tests/pairing/test_invitation_create.py"),
    ("rule", "visits/actions/reading.py", "if version is not None and visit.version != version:", "if False:", "tests/visits/test_reading.py"),
    ("rule", "visits/rules.py", "if user.pk != visit.visited_by_id and not typed:", "if False:", "tests/visits/test_visit_correct.py tests/visits/test_visit_withdraw.py"),
    ("rule", "visits/checks.py", "if visited_on > today:", "if False:", "tests/visits/test_dates.py"),
    ("rule", "visits/checks.py", "if visited_on < started_on:", "if False:", "tests/visits/test_dates.py tests/visits/test_visit_create.py"),
    ("rule", "visits/actions/visits.py", "if known.body_hmac != digest:", "if False:", "tests/visits/test_visit_actions.py"),
    ("rule", "visits/actions/visits.py", "if known.state == Visit.State.WITHDRAWN:", "if False:", "tests/visits/test_visit_actions.py"),
    ("rule", "pairing/models/people.py", "        if not self.is_active:\n            return []", "", "tests/pairing/test_person_disable.py tests/pairing/test_sessions.py"),
    ("rule", "pairing/middleware.py", "if now - seen > idle or now - started > settings.SESSION_COOKIE_AGE:", "if False:", "tests/pairing/test_sessions.py"),
    ("rule", "pairing/middleware.py", "return redirect(\"pairing:second_factor_enrol\")", "return None", "tests/pairing/test_second_factor.py"),
    ("rule", "pairing/middleware.py", "while hops and _is_trusted_proxy(address):", "while hops:", "tests/pairing/test_sign_in.py tests/pairing/test_audit.py"),
    ("rule", "pairing/middleware.py", "return get_response(request) if _is_clean(request) else answer(request, 400)", "return get_response(request)", "tests/pairing/test_hostile_input.py tests/conventions/test_hostile_input.py"),
    ("rule", "pairing/errors.py", "        with transaction.atomic():\n            yield", "        yield", "tests/pairing/test_audit.py tests/visits/test_visit_actions.py"),
    ("mask", "pairing/numbers/identity.py", "def mask_identity(text: str) -> str:", "def mask_identity(text: str) -> str:\n    return text\n\n\ndef _mask(text: str) -> str:", "tests/pairing/test_numbers.py tests/conventions/test_field_register.py"),
    ("mask", "pairing/fields.py", "return DOTS if self else \"\"", "return self.open()", "tests/pairing/test_fields.py tests/conventions/test_field_register.py"),
    ("mask", "pairing/logs.py", "return _NUMBER.sub(\"[number]\", text)", "return text", "tests/pairing/test_history.py tests/conventions/test_logs.py"),
    ("mask", "pairing/actions/second_factors.py", "_whose.set(person.public_id)", "_whose.set(UUID(int=0))", "tests/pairing/test_second_factor.py"),
    ("mask", "pairing/crypto.py", "_cipher(name, key).decrypt(nonce, body, _aad(head, label, public_id))", "_cipher(name, key).decrypt(nonce, body, _aad(head, label, ''))", "tests/pairing/test_crypto.py tests/pairing/test_fields.py"),
]  # fmt: skip

#: table, constraint or index, the tests
CONSTRAINTS = [
    ("households_pairing", "pairing_one_lead", "tests/households/test_pairings.py"),
    ("households_person", "identity_once_per_county", "tests/households/test_member_create.py tests/households/test_files_actions.py"),
    ("households_household", "file_number_once_per_county", "tests/households/test_household_create.py tests/households/test_files_actions.py"),
    ("households_membership", "one_head_at_a_time", "tests/households"),
    ("households_membership", "membership_one_household_at_a_time", "tests/households"),
    ("visits_visit", "visit_sent_once", "tests/visits/test_visit_actions.py"),
    ("visits_conflictdraft", "conflict_kept_once", "tests/visits/test_visit_actions.py"),
]  # fmt: skip
MIGRATION = """from django.db import migrations

class Migration(migrations.Migration):
    dependencies = {dependencies}
    operations = [migrations.RunSQL(
        "ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}; DROP INDEX IF EXISTS {name}"
    )]
"""


def named() -> Iterator[Place]:
    """The guards of the two lists above; an entry whose text is gone is an error."""
    for kind, path, old, new, tests in BY_HAND:
        data, part = (ROOT / path).read_bytes(), old.encode()
        if data.count(part) != 1:
            print(f"{path}: {data.count(part)} × {old!r}")
            continue
        start = data.index(part)
        line = data[:start].count(b"\n") + 1
        yield Place(kind, path, start, start + len(part), new, tuple(tests.split()), f"{path}:{line}")
    latest = [
        (app, max(p.stem for p in (ROOT / app / "migrations").glob("0*.py")))
        for app in ("households", "visits")
    ]
    for table, name, tests in CONSTRAINTS:
        text = MIGRATION.format(dependencies=latest, table=table, name=name)
        yield Place(
            "constraint", "visits/migrations/9999_sabotage.py", 0, 0, text, tuple(tests.split()), name
        )


# --- taking them out ----------------------------------------------------------------------------------------


def copy_of_the_checkout(folder: Path) -> None:
    """What git knows, and the compiled translations; the packages stay where they are."""
    files = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()
    files += [path.relative_to(ROOT).as_posix() for path in ROOT.glob("pairing/locale/**/*.mo")]
    for name in files:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)


def first_red(folder: Path, tests: tuple[str, ...]) -> str:
    """The first of these tests that fails; empty when all are green."""
    slow = [test for test in tests if test in (RACES, WORLDS)]
    quick = [test for test in tests if test not in slow]
    for some in ([*quick, "-m", "not slow"] if quick else [], *([test] for test in slow)):
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *some]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if some and done.returncode not in (0, 5):
            named = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", done.stdout, re.MULTILINE)
            broken = re.search(r"SyntaxError|ImportError|no attribute 'everything'", done.stdout)
            return str(broken[0]) if broken else named[1] if named else done.stdout[-300:]
    return ""


def take_out(folder: Path, place: Place) -> str:
    """The test that sees that this guard is gone, if any does."""
    path = folder / place.path
    before = path.read_bytes() if path.exists() else None
    data = before or b""
    path.write_bytes(data[: place.start] + place.instead.encode() + data[place.end :])
    try:
        return first_red(folder, place.tests)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)


def main() -> int:
    """Take out what was asked for; returns 1 when something survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--minutes", type=float, default=1e9, help="stop beginning new places after that time"
    )
    parser.add_argument("--kind", nargs="*", default=[], help="only these kinds")
    parser.add_argument("--every", type=int, default=1, help="only every n-th place")
    parser.add_argument("--list", action="store_true", help="only name the places")
    options = parser.parse_args()
    places = [place for place in (*named(), *found()) if not options.kind or place.kind in options.kind]
    places, end = places[:: options.every], time.monotonic() + 60 * options.minutes
    if options.list:
        print(*(f"{place.kind:10} {place.name}" for place in places), sep="\n")
        print(dict(Counter(place.kind for place in places)))
        return 0
    seen, tried = Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_of_the_checkout(folder)
        is_green = cache(lambda test: not first_red(folder, (test,)))  # with every guard in its place
        for place in places:
            if time.monotonic() > end:
                break
            test = take_out(folder, place)
            if test and not (test.startswith("tests/") and is_green(test)):
                print(
                    f"{'?':9} {place.kind:10} {place.name}: {test}, with the guard or for another reason",
                    flush=True,
                )
                continue
            tried[place.kind] += 1
            seen[place.kind] += bool(test)
            print(f"{'red' if test else 'SURVIVED':9} {place.kind:10} {place.name} {test}", flush=True)
    print(*(f"{kind}: {seen[kind]} of {tried[kind]}" for kind in tried), sep="; ")
    return int(seen != tried)


if __name__ == "__main__":
    sys.exit(main())
