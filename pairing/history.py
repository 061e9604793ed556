"""How inserts are kept in history: by one trigger a statement, where pghistory's own runs once for each row.

A trigger for each row costs more than the row itself: an import or a demo county writes them by the thousand.
Updates and deletes stay with pghistory's, whose WHEN looks at the row before anything is called.
"""

from typing import Any

import pghistory
import pgtrigger
from pghistory.trigger import Event


class Inserts(Event):
    """pghistory's statement trigger without its table of contexts: every row of history has its own."""

    def get_func(self, model: Any) -> Any:
        """The body of the trigger."""
        text = super().get_func(model).func
        text = text.removeprefix("WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) ")
        return pgtrigger.Func(text.replace(", _pgh_attached_context;", ";"))


class InsertEvent(pghistory.InsertEvent):
    """History of new rows, set by set."""

    def add_event_trigger(self, event_model: Any) -> None:
        """Register the trigger on the tracked model."""
        pgtrigger.register(
            Inserts(
                event_model=event_model,
                label=self.label,
                name=self.trigger_name,
                row=self.row,
                operation=pgtrigger.Insert,  # by identity: settings hand out copies of their trackers
                level=pgtrigger.Statement,
            )
        )(event_model.pgh_tracked_model)
