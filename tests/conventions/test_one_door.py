"""Scoped rows have one door, and nothing writes, runs or tells the time behind the application's back (S04).

Each rule is a function from a module's code to what is wrong in it, so that a test can show that it sees.
"""

import ast
import re
from collections.abc import Callable, Iterator

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser

from households.models.scoped import Door, Unscoped
from pairing.roles import P
from tests.databases import ROOT

APPS = ("pairing", "households", "visits")
MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for app in APPS
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts
)
TEMPLATES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "templates").rglob("*.*"))

#: Layers that may see rows without asking who asks (decisions 2).
BEHIND = re.compile(
    r"(models|actions|rules|register|demo|management)/|[^/]+/(models|rules)\.py|households/models/scoped\.py"
)
#: Ground modules that speak SQL: grants and triggers are made once at `migrate`, and each request begins by telling
#: the database how long a statement may take. Neither touches rows.
#: ``together`` joins what querysets say, and adds nothing.
SPEAKS_SQL = {"pairing/grants.py", "pairing/patience.py", "pairing/sets.py", "pairing/together.py"}
#: Where text becomes markup: icons, charts and tables escape every part themselves.
MARKUP = {"pairing/icons.py", "pairing/charts.py", "pairing/tables.py", "pairing/forms/rendering.py"}
#: A code of a second factor is good for thirty real seconds, and a password for five real minutes.
REAL_TIME = {"pairing/management/commands/demo_code.py", "pairing/adapters.py"}
CLOCK = "pairing/clock.py"


def inner(module: str) -> str:
    """The path inside the app."""
    return module.split("/", 1)[1]


def may_go_behind(module: str) -> bool:
    return bool(BEHIND.match(inner(module)) or BEHIND.fullmatch(module))


def names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every attribute and every imported name, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.ImportFrom | ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name


def other_doors(module: str, code: str) -> list[str]:
    """Managers that know no scope, raw SQL and cursors outside the layers that may."""
    if may_go_behind(module):
        return []
    sql = set() if module in SPEAKS_SQL else {"cursor", "RawSQL", "copy_expert"}
    forbidden = {"everything", "_default_manager", "_base_manager", "raw", "extra"} | sql
    if module in SPEAKS_SQL:
        forbidden -= {"raw"}  # the driver's own connection
    return [f"{module}:{line}: {name}" for line, name in names(ast.parse(code)) if name in forbidden]


def history_off(module: str, code: str) -> list[str]:
    """Nobody switches history off, by name or by setting; keys are rotated by the owner, history kept still."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if (
            isinstance(node, ast.Attribute)
            and node.attr == "ignore"
            and "pgtrigger" in ast.unparse(node.value)
        ):
            found.append(f"{module}:{node.lineno}: pgtrigger.ignore")
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and "pgtrigger.ignore" in node.value
        ):
            found.append(f"{module}:{node.lineno}: pgtrigger.ignore")
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and "session_replication" in node.value
        ):
            found.append(f"{module}:{node.lineno}: session_replication_role")
    return found


def second_ways(module: str, code: str) -> list[str]:
    """Signals, save() and delete() overrides, the admin: each a second way of writing."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom | ast.Import):
            text = ast.unparse(node)
            if "signals" in text or "contrib.admin" in text or "import receiver" in text:
                found.append(f"{module}:{node.lineno}: {text}")
        if isinstance(node, ast.ClassDef):
            model = any("Model" in ast.unparse(base) for base in node.bases)
            found += [
                f"{module}:{part.lineno}: {node.name}.{part.name}"
                for part in node.body
                if model and isinstance(part, ast.FunctionDef) and part.name in {"save", "delete"}
            ]
    return found


def own_clocks(module: str, code: str) -> list[str]:
    """Time comes from ``pairing.clock`` only: tests and the demo move it."""
    if module == CLOCK:
        return []
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}:
            owner = ast.unparse(node.value)
            if owner != "clock" and owner.split(".")[-1] in {"datetime", "date", "timezone", "dt"}:
                found.append(f"{module}:{node.lineno}: {ast.unparse(node)}")
        real = isinstance(node, ast.Attribute) and ast.unparse(node) in {"time.time", "time.localtime"}
        if real and module not in REAL_TIME:
            found.append(f"{module}:{node.lineno}: {ast.unparse(node)}")
        if isinstance(node, ast.ImportFrom) and node.module == "django.db.models.functions":
            found += [f"{module}:{node.lineno}: {a.name}" for a in node.names if a.name == "Now"]
    return found


def trusted_text(module: str, code: str) -> list[str]:
    """``mark_safe`` and filled SafeStrings outside the components that escape every part."""
    if module in MARKUP:
        return []
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func).split(".")[-1]
            empty = bool(node.args) and isinstance(node.args[0], ast.Constant) and node.args[0].value == ""
            if called in {"mark_safe", "SafeString", "SafeText"} and not empty:
                found.append(f"{module}:{node.lineno}: {called}")
    return found


CHECKS = [other_doors, history_off, second_ways, own_clocks, trusted_text]
#: ``rotate_keys`` seals anew as the owner; the settings say that nothing is ignored; the grants see to it.
KNOWN = {"pairing/management/commands/rotate_keys.py", "pairing/settings.py", "pairing/grants.py"}


@pytest.mark.parametrize("check", CHECKS)
def test_modules(check: Callable[[str, str], list[str]]) -> None:
    found = [
        fault
        for module in MODULES
        if not (check is history_off and module in KNOWN)
        for fault in check(module, (ROOT / module).read_text())
    ]
    assert found == []


@pytest.mark.parametrize(
    ("check", "code"),
    [
        (other_doors, "Household.everything.all()"),
        (other_doors, "Household._default_manager.all()"),
        (other_doors, "User.objects.raw('SELECT 1')"),
        (other_doors, "from django.db import connection\nwith connection.cursor() as c: pass"),
        (history_off, "with pgtrigger.ignore('x:y'): pass"),
        (history_off, "execute(\"SET pgtrigger.ignore = '{}'\")"),
        (second_ways, "from django.db.models.signals import post_save"),
        (second_ways, "class Visit(ScopedModel):\n    def save(self): pass"),
        (second_ways, "from django.contrib import admin\nimport django.contrib.admin"),
        (own_clocks, "dt.datetime.now()"),
        (own_clocks, "date.today()"),
        (own_clocks, "timezone.now()"),
        (own_clocks, "time.time()"),
        (trusted_text, "mark_safe(name)"),
        (trusted_text, "SafeString(f'<b>{name}')"),
    ],
)
def test_the_checks_see(check: Callable[[str, str], list[str]], code: str) -> None:
    assert check("households/views/files.py", code)


# --- templates ----------------------------------------------------------------------------------------------

BAD_MARKUP = {
    "inline style": re.compile(r"<style|\sstyle\s*=", re.IGNORECASE),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "handler in an attribute": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "trusted text": re.compile(r"\|\s*safe\b|autoescape\s+off|\|\s*safeseq\b"),
    "foreign address": re.compile(r"(src|href|action)=[\"'](https?:)?//", re.IGNORECASE),
}


def bad_markup(text: str) -> list[str]:
    return [name for name, pattern in BAD_MARKUP.items() if pattern.search(text)]


def test_templates() -> None:
    found = {name: bad for name in TEMPLATES if (bad := bad_markup((ROOT / name).read_text()))}
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color:red">', "<style>p{}</style>", "<script>go()</script>", '<a href="javascript:go()">',
        '<a onclick="go()">', "{{ name|safe }}", "{% autoescape off %}", '<script src="//cdn.example/x.js">',
    ],
)  # fmt: skip
def test_bad_markup_is_seen(text: str) -> None:
    assert bad_markup(text)


# --- the door itself ----------------------------------------------------------------------------------------

SCOPED = [
    model for app in APPS for model in apps.get_app_config(app).get_models() if isinstance(
        model.__dict__.get("objects", getattr(model, "objects", None)), Door
    )
]  # fmt: skip
#: Rows of a household that have no door on purpose: one author's own second texts (``kept_for``).
WITHOUT_DOOR = {"visits.ConflictDraft"}


def test_every_row_with_a_place_has_the_door() -> None:
    placed = {
        model._meta.label
        for app in ("households", "visits")
        for model in apps.get_app_config(app).get_models()
        if not model.__name__.endswith("Event") and "county_code" in {f.name for f in model._meta.fields}
    }
    assert placed - {model._meta.label for model in SCOPED} == WITHOUT_DOOR
    assert {model._meta.default_manager.name for model in SCOPED} == {"everything"}


@pytest.mark.django_db
@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model._meta.label)
def test_the_door_opens_for_somebody_only(model) -> None:
    for name in ("all", "filter", "get", "create", "count", "first", "values", "bulk_create", "none", "raw"):
        with pytest.raises(Unscoped):
            getattr(model.objects, name)
    with pytest.raises(TypeError):
        list(model.objects)
    with pytest.raises(Unscoped):
        model().objects.update(pk=1)
    assert not model.objects.visible_to(AnonymousUser(), P.HOUSEHOLD_VIEW).exists()
