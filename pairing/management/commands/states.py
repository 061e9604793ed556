"""``manage.py states``: the states of all models and the ways between them, as the page docs/states.md.

Each model with a TRANSITIONS dict gets one diagram. Rules and actions read the same dicts, and a test compares
the page with this command's answer, so the diagrams cannot lie.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management import BaseCommand
from django.db import models
from django.utils.translation import override

_HEAD = """\
# States

Made by `python3 dev.py manage states > docs/states.md` from the models' `TRANSITIONS`; do not edit. A filled circle
at the end: no way leads on. What each way asks for stands in `rules` and the actions.
"""


def page() -> str:
    """The whole page, in Markdown with Mermaid."""
    return "\n".join([_HEAD, *(_section(model) for model in _models())])


def _models() -> Iterator[Any]:
    """Models with TRANSITIONS, the ground floor first."""
    for app in ("pairing", "households", "visits"):
        for model in apps.get_app_config(app).get_models():
            # History models copy the columns of a model, not its states.
            if "TRANSITIONS" in vars(model):
                yield model


def _section(model: Any) -> str:
    states: type[models.TextChoices] = type(next(iter(model.TRANSITIONS)))
    english, chinese = _labels(states, "en"), _labels(states, "zh-hans")
    lines = [f"## {model.__name__}", "", "```mermaid", "stateDiagram-v2"]
    lines += [f"    {state.value} : {english[state]} {chinese[state]}" for state in states]
    for state in states:
        ways = model.TRANSITIONS.get(state, [])
        lines += [f"    {state.value} --> {to.value}" for to in ways] or [f"    {state.value} --> [*]"]
    return "\n".join([*lines, "```", ""])


def _labels(states: type[models.TextChoices], language: str) -> dict[Any, str]:
    with override(language):
        return {state: str(state.label) for state in states}


class Command(BaseCommand):
    help = "Print docs/states.md, made from the models."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(page(), ending="")
