"""Forms filled in at random make no 5xx, run no text, and leave their audit row as they do otherwise (S28).

``PAIRING_EXAMPLES=10000`` sets how many fillings each form gets; a run of the tests gives each a few, always the
same. What Hypothesis finds is made small and told as a body that one can send again.
"""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conventions.access_table import PAGES
from tests.conventions.ground import Ground
from tests.conventions.planting import RUNNING
from tests.conventions.probe import Probe
from tests.conventions.sweep import BY_WIDTH, path_of, positions_of
from tests.conventions.test_hostile_input import VALUES, bad, post

EXAMPLES = int(os.environ.get("PAIRING_EXAMPLES", "4"))
FORMS = [name for name, page in PAGES.items() if "POST" in page.methods]
BESIDE = {"pairing_auditevent", "django_session", "pairing_cache"}
#: Short odd texts, any text at all, numbers and days at the edges, and lists where one value is expected.
TEXT = st.one_of(
    st.sampled_from([value for value in VALUES if len(value) < 6_000]),
    st.sampled_from(RUNNING),
    st.text(max_size=60),
    st.integers(-(2**70), 2**70).map(str),
    st.decimals(allow_nan=True).map(str),
    st.dates().map(str),
    st.datetimes().map(str),
    st.uuids().map(str),
)
VALUE = st.one_of(TEXT, st.lists(TEXT, max_size=3))


def fillings(body: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """The well-filled form with some fields changed and some left out."""
    if not body:
        return st.dictionaries(st.text(max_size=20), VALUE, max_size=3)
    changed = st.dictionaries(st.sampled_from(sorted(body)), VALUE, min_size=1)
    left_out = st.sets(st.sampled_from(sorted(body)), max_size=2)
    return st.tuples(changed, left_out).map(
        lambda both: {field: text for field, text in (body | both[0]).items() if field not in both[1]}
    )


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_any_filling(ground: Ground, bodies: dict[str, Any], part: int) -> None:
    browsers = {who: Probe(ground.world, who) for who in BY_WIDTH}
    for name in FORMS[part::4]:
        page = PAGES[name]
        browser = browsers[next(who for who in BY_WIDTH if who in page.who)]
        try_out(browser, path_of(ground, name, page, positions_of(ground, page)[0]), bodies[name], EXAMPLES)


def try_out(browser: Probe, path: str, body: dict[str, Any], examples: int) -> None:
    """Send a form filled in at random; raises AssertionError with the smallest body that goes wrong."""

    @settings(
        max_examples=examples,
        derandomize="PAIRING_EXAMPLES" not in os.environ,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(fillings(body))
    def send(filling: dict[str, Any]) -> None:
        answer = post(browser, path, filling)
        assert not bad(answer), f"{path} {filling!r}: {bad(answer)}"
        if answer.status == 302 and answer.wrote - BESIDE:
            assert len(answer.events) == 1, f"{path} {filling!r}: the log says {answer.events}"

    send()


@pytest.mark.slow
def test_what_goes_wrong_is_found(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form that trips over a field's text."""

    def trip(form: Any) -> str:
        return str(int(form.data.get("language", "0") or "0"))

    monkeypatch.setattr("pairing.forms.profile.LanguageForm.clean", trip)
    with pytest.raises(AssertionError, match="500"):
        try_out(Probe(ground.world, "staff"), "/language/", {"language": "en", "next": "/"}, 20)
