"""Adding a trigger without building all historical models again: it is a third of the time of a new database."""

from typing import Any

import pgtrigger.migrations
from django.db.migrations.state import ProjectState


class AddTrigger(pgtrigger.migrations.AddTrigger):
    """As pgtrigger's. Only the comparison of states asks for a historical model's triggers, never its class."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        options: dict[str, Any] = state.models[app_label, self.model_name].options
        options["triggers"] = [*options.get("triggers", []), self.trigger]


class ReplaceTrigger(AddTrigger):
    """The trigger of this name, made anew: CREATE OR REPLACE does it, nothing is removed first."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        options: dict[str, Any] = state.models[app_label, self.model_name].options
        options["triggers"] = [t for t in options["triggers"] if t.name != self.trigger.name]
        super().state_forwards(app_label, state)
