"""What may happen now, given the state of a file: ``check_x`` raises ``Refused`` with the reason to show."""

from households.rules.files import (
    MOVED,
    NO_LONGER,
    SENSITIVE,
    check_closed,
    check_day,
    check_may_close,
    check_may_join,
    check_may_leave,
    check_open,
    check_present,
    check_reach,
    check_reason,
    check_relation_stays_or_moves_freely,
    check_village,
    head_waits,
    is_sensitive,
)

__all__ = [
    "MOVED",
    "NO_LONGER",
    "SENSITIVE",
    "check_closed",
    "check_day",
    "check_may_close",
    "check_may_join",
    "check_may_leave",
    "check_open",
    "check_present",
    "check_reach",
    "check_reason",
    "check_relation_stays_or_moves_freely",
    "check_village",
    "head_waits",
    "is_sensitive",
]
