"""What a file leaves behind on this floor when it closes, said before it does (``settings.CLOSE_SECTIONS``)."""

from django.db.models import Q
from django.utils.translation import ngettext_lazy

from households.models import Household
from pairing.tables import number_of
from pairing.together import read
from visits.models import Visit

PROMISES = ngettext_lazy(
    "%(number)d open promise is dropped: no helper is left to keep it.",
    "%(number)d open promises are dropped: no helper is left to keep them.",
    "number",
)
PROBLEMS = ngettext_lazy(
    "%(number)d problem is still open. The township goes on with it.",
    "%(number)d problems are still open. The township goes on with them.",
    "number",
)
QUESTIONS = ngettext_lazy(
    "%(number)d question to the helper about a visit stays without an answer.",
    "%(number)d questions to the helper about visits stay without an answer.",
    "number",
)
TYPED = ngettext_lazy(
    "%(number)d visit entered for the helper still waits for his word; he can give it later.",
    "%(number)d visits entered for the helper still wait for his word; he can give it later.",
    "number",
)
SLIPS = ngettext_lazy(
    "%(number)d printed slip can no longer be entered.",
    "%(number)d printed slips can no longer be entered.",
    "number",
)


def closing_lines(household: Household) -> list[str]:
    """What becomes of promises, problems, and words that are still on their way: one sentence a kind."""
    rows = [
        (PROMISES, household.promises.open()),
        (PROBLEMS, household.problems.open()),
        (QUESTIONS, household.visits.filter(state=Visit.State.ASKED)),
        (TYPED, household.visits.unconfirmed()),
        (SLIPS, household.slips.filter(Q(visit=None) | Q(visit__state=Visit.State.WITHDRAWN))),
    ]
    counted = [(sentence, number_of(found)) for sentence, found in rows]
    read(*(number for _sentence, number in counted))
    return [sentence % {"number": number} for sentence, found in counted for (number,) in found if number]
