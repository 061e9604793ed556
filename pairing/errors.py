"""Refusals: what the application says no to, with the sentence that the reader sees."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError, OperationalError, transaction
from django.forms import BaseForm
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

#: Deadlock, failed serialisation, lock not available: nobody's fault, and a second try helps.
_BUSY = {"40P01", "40001", "55P03"}


class Refused(Exception):
    """A rule, or the database, said no. `reason` is for the reader; `field` names the input it belongs to."""

    def __init__(self, reason: Text, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field

    def __str__(self) -> str:
        return str(self.reason)


class Telling(Refused):
    """A refusal that tells of a row out of the reader's reach, as that a number is in use: who asks is recorded."""


class Gone(Refused):
    """What was asked for has been withdrawn; it answers 410."""


class Conflict(Refused):
    """A stale version, or one id with two bodies. Carries both texts by label, so that the page loses none.

    `stored` is what stands in the database, `sent` what this request brought.
    """

    def __init__(
        self,
        reason: Text,
        *,
        stored: Mapping[str, Text] | None = None,
        sent: Mapping[str, Text] | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(reason, field)
        self.stored = dict(stored or {})
        self.sent = dict(sent or {})


def add_refusal(form: BaseForm, refusal: Refused) -> None:
    """Put what an action refused at its field, or above the form.

    A `Conflict` is raised on: it has a page of its own, with both texts.
    """
    if isinstance(refusal, Conflict):
        raise refusal
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


@contextmanager
def refusing(**reasons: Text | Refused) -> Iterator[None]:
    """Run a block in a savepoint; violated constraints named in `reasons` become `Refused` with the sentence.

    Keys are constraint names as they stand in the database. Deadlocks, failed serialisation and lock
    time-outs become `Refused` too. A constraint nobody named stays an IntegrityError: that is a bug to see.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if (name := violated(error)) in reasons:
            reason = reasons[name]
            raise (reason if isinstance(reason, Refused) else Refused(reason)) from error
        raise
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) in _BUSY:
            raise Refused(_("Somebody else was changing the same rows. Please try again.")) from error
        raise


def violated(error: IntegrityError) -> str:
    """The name of the constraint that a row violated, as it stands in the database; empty without one."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
