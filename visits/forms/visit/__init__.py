"""The visit log (记走访) as a form: ``log`` is the whole, the other modules its parts, by noun."""

from visits.forms.visit.facts import KnownFact
from visits.forms.visit.log import Subject, VisitForm, sent_promises

__all__ = ["KnownFact", "Subject", "VisitForm", "sent_promises"]
