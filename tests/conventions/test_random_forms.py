"""Forms filled in at random make no 5xx, run no text, and leave their audit row as they do otherwise (S28).

``PAIRING_EXAMPLES=10000`` sets how many fillings each form gets; a run of the tests gives each a few, always the
same. Hypothesis draws hands of odd values, of which ``A_HAND`` fillings are dealt; what it finds is made small and
told as a body that one can send again.

The whole site takes some 30 ms for a filling, the form alone two. So the forms that the view builds are built anew
with each filling, and must say what is wrong with it. Through the site go the first ``WHOLE`` fillings that they
accept and as many that they refuse, all on which they raise, and all of a page that has fields and no form.
"""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.forms import BaseForm
from django.forms.forms import DeclarativeFieldsMetaclass
from django.http import QueryDict
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conventions.access_table import PAGES
from tests.conventions.ground import Ground
from tests.conventions.planting import RUNNING
from tests.conventions.probe import Probe
from tests.conventions.sweep import BY_WIDTH, path_of, positions_of
from tests.conventions.test_hostile_input import VALUES, bad, encoded, post
from tests.spilled import is_clear

EXAMPLES = int(os.environ.get("PAIRING_EXAMPLES", "4"))
WHOLE = 100
A_HAND = 50
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
).filter(
    is_clear
)  # what by chance looks like a number of a person of the tests is taken for one that was spilled
VALUE = st.one_of(TEXT, st.lists(TEXT, max_size=3))


HAND = st.tuples(st.lists(VALUE, min_size=1, max_size=8), st.randoms())


def fillings(
    body: dict[str, Any], values: list[Any], chance: random.Random, many: int
) -> Iterator[dict[str, Any]]:
    """The well-filled form, so many times, with these values dealt to some of its fields and some left out."""
    fields = sorted(body) or [chance.choice(["", "id", "\ud800", "next"])]
    for _ in range(many):
        changed = {
            field: chance.choice(values) for field in chance.sample(fields, chance.randint(1, len(fields)))
        }
        left_out = chance.sample(fields, chance.choice([0, 0, 0, 1, 2]) % (len(fields) + 1))
        yield {field: text for field, text in (body | changed).items() if field not in left_out}


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
    forms, sent = forms_of(browser, path, body), Counter[str]()

    @settings(
        max_examples=-(-examples // A_HAND),
        derandomize="PAIRING_EXAMPLES" not in os.environ,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(HAND)
    def deal(hand: tuple[list[Any], random.Random]) -> None:
        for filling in fillings(body, *hand, min(examples, A_HAND)):
            send(filling)

    def send(filling: dict[str, Any]) -> None:
        said = said_by(forms, filling)
        sent[said] += 1
        if (forms or not body) and said != "raised" and sent[said] > WHOLE:
            return
        answer = post(browser, path, filling)
        assert not bad(answer), f"{path} {filling!r}: {bad(answer)}"
        if answer.status == 302 and answer.wrote - BESIDE:
            assert len(answer.events) == 1, f"{path} {filling!r}: the log says {answer.events}"

    deal()


def forms_of(browser: Probe, path: str, body: dict[str, Any]) -> list[Callable[[QueryDict], BaseForm]]:
    """The forms that a view builds of a well-filled body, each to be built anew with another."""
    found: list[Callable[[QueryDict], BaseForm]] = []

    def build(kind: Any, *args: Any, **more: Any) -> BaseForm:
        def anew(data: QueryDict) -> BaseForm:
            given = [data if isinstance(value, QueryDict) else value for value in args]
            named = {name: data if isinstance(value, QueryDict) else value for name, value in more.items()}
            form: BaseForm = type.__call__(kind, *given, **named)
            return form

        if any(isinstance(value, QueryDict) and value for value in (*args, *more.values())):
            found.append(anew)
        return type.__call__(kind, *args, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DeclarativeFieldsMetaclass, "__call__", build, raising=False)
        post(browser, path, body)
    return found


def said_by(forms: list[Callable[[QueryDict], BaseForm]], filling: dict[str, Any]) -> str:
    """What a page's forms say of a filling: accepted, refused, or raised."""
    data = QueryDict(encoded(filling))
    try:
        with transaction.atomic():
            built = [form(data) for form in forms]
            _ = [(form.errors.get_json_data(), form.changed_data) for form in built]
            valid = all(form.is_valid() for form in built)
            transaction.set_rollback(True)
    except Exception:  # the site may know an answer
        return "raised"
    return "accepted" if valid else "refused"


@pytest.mark.slow
def test_what_goes_wrong_is_found(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form that trips over a field's text."""

    def trip(form: Any) -> str:
        return str(int(form.data.get("language", "0") or "0"))

    monkeypatch.setattr("pairing.forms.profile.LanguageForm.clean", trip)
    with pytest.raises(AssertionError, match="500"):
        try_out(Probe(ground.world, "staff"), "/language/", {"language": "en", "next": "/"}, 20)
