"""What the documents say of the code is so: links lead somewhere, names exist, diagrams are the models' own."""

import re
from pathlib import Path

import pytest

from pairing.management.commands import states

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
# Not for an operator to set: the shell's, continuous integration's, and the tests' own.
NOT_OURS = {"PATH", "CI", "PAIRING_TEST_DATABASE_URL"}
_READ = re.compile(r'(?:environ(?:\.get\(|\[)|_(?:env|whole|flag|list)\()\s*"([A-Z][A-Z_]+)"')
_LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")
_PATH = re.compile(r"`([\w.-]+(?:/[\w.-]+)+\.(?:py|js|html|toml|md))(?=[`:])")
_TEST = re.compile(r"::(test_\w+)`")
_URL = re.compile(r"`((?:pairing|households|visits):\w+)`")


def test_operations_names_exactly_the_environment_that_is_read():
    sources = [ROOT / "dev.py", ROOT / "devpg.py", ROOT / "manage.py"]
    sources += [path for app in ("pairing", "households", "visits") for path in ROOT.glob(f"{app}/**/*.py")]
    read = {name for path in sources for name in _READ.findall(path.read_text())}
    said = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", (ROOT / "docs" / "operations.md").read_text()))
    assert read - NOT_OURS == said - NOT_OURS


def test_states_are_the_models_own():
    made = "python3 dev.py manage states > docs/states.md"
    assert (ROOT / "docs" / "states.md").read_text() == states.page(), made


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_page_names_is_there(page: Path):
    text = page.read_text()
    links = [link for link in _LINK.findall(text) if not re.match(r"\w+:", link)]
    missing = [link for link in links if not (page.parent / link).exists()]
    missing += [path for path in _PATH.findall(text) if not (ROOT / path).exists()]
    tests = "".join(path.read_text() for path in ROOT.glob("tests/**/test_*.py")) if "::" in text else ""
    missing += [test for test in _TEST.findall(text) if f"def {test}(" not in tests]
    missing += [url for url in _URL.findall(text) if not _is_routed(url)]
    assert not missing


def _is_routed(url: str) -> bool:
    app, _colon, name = url.partition(":")
    return f'name="{name}"' in (ROOT / app / "urls.py").read_text()
