"""What happened: visits, problems, promises, help."""

from visits.models.effects import VisitEffect
from visits.models.help import Help
from visits.models.problems import Problem, ProblemStep
from visits.models.promises import Promise, PromiseDate
from visits.models.slips import Slip
from visits.models.visits import ConflictDraft, Visit, VisitCorrection, VisitQuestion

__all__ = [
    "ConflictDraft",
    "Help",
    "Problem",
    "ProblemStep",
    "Promise",
    "PromiseDate",
    "Slip",
    "Visit",
    "VisitCorrection",
    "VisitEffect",
    "VisitQuestion",
]
