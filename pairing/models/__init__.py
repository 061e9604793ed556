"""Places, people, and who may see what."""

from pairing.models.areas import Area, FormerCode
from pairing.models.audit import AuditEvent
from pairing.models.codes import Code
from pairing.models.people import Grant, Invitation, KnownDevice, User
from pairing.models.units import Unit, VillageLink

__all__ = [
    "Area",
    "AuditEvent",
    "Code",
    "FormerCode",
    "Grant",
    "Invitation",
    "KnownDevice",
    "Unit",
    "User",
    "VillageLink",
]
