"""Second texts under an id already used (另存的内容): theirs who wrote them, until they are done with them."""

from typing import Any

from pairing.audit import action
from visits.models import ConflictDraft


def discard_draft(*, draft: ConflictDraft, by: Any) -> None:
    """Let go of a kept text whose words are where they belong. Discarding it twice is no fault."""
    with action("draft.discard", by=by) as entry:
        entry.about(draft)
        entry.quiet = not ConflictDraft.everything.filter(pk=draft.pk, author=by).delete()[0]
