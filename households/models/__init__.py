"""The file, and who is responsible for it."""

from households.models.changes import ChangeField, ChangeRequest
from households.models.files import Household, HouseholdYear
from households.models.imports import ColumnAlias, ImportBatch, ImportEffect, ImportFile, ImportRow
from households.models.members import Absence, Membership, Person, PersonYear
from households.models.months import VillageMonth
from households.models.pairings import Pairing
from households.models.questions import FileQuestion

__all__ = [
    "Absence",
    "ChangeField",
    "ChangeRequest",
    "ColumnAlias",
    "FileQuestion",
    "Household",
    "HouseholdYear",
    "ImportBatch",
    "ImportEffect",
    "ImportFile",
    "ImportRow",
    "Membership",
    "Pairing",
    "Person",
    "PersonYear",
    "VillageMonth",
]
