"""Small numbers single people out: what leaders and auditors are shown instead of them. Pure arithmetic.

A number from 1 to 4 is shown as "<5". Where a total is shown beside its parts, the total minus the parts that
are shown must not give a hidden part away: then further parts are held back, or the total is.
Source: security target S11a.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

LEAST = 5  # a number below this, and not zero, is not shown
SMALL = "<5"
WITHHELD = "—"  # not small itself, but would give a small one away

Key = TypeVar("Key", bound=Hashable)
Other = TypeVar("Other", bound=Hashable)


def is_small(number: int) -> bool:
    """Would this number single somebody out?"""
    return 0 < number < LEAST


def shown(number: int) -> str:
    """One number on its own, as it may be shown."""
    return SMALL if is_small(number) else str(number)


def shown_part(part: int | None, whole: int) -> str | None:
    """An "of which": withheld where the part or the rest is small."""
    if part is None or is_small(part) or is_small(whole - part):
        return None
    return str(part)


@dataclass(frozen=True)
class Shown(Generic[Key]):
    """A total and its parts as texts that may be shown together."""

    total: str
    parts: Mapping[Key, str]


def shown_parts(parts: Mapping[Key, int]) -> Shown[Key]:
    """The parts and their total such that no small part can be worked out.

    Who subtracts the shown parts from the total learns the sum of the hidden ones. That sum must leave each
    hidden small part free to be anything from 1 to 4. If it does not, the least part that helps is withheld
    too, or all of them; if even that does not help, the total is.
    """
    total = sum(parts.values())
    texts = {key: shown(number) for key, number in parts.items()}
    small = [number for number in parts.values() if is_small(number)]
    if not small or is_small(total):
        return Shown(shown(total), texts)
    larger = sorted((key for key, number in parts.items() if number >= LEAST), key=lambda key: parts[key])
    for withheld in ([], *([key] for key in larger), larger):
        if _free(small, [parts[key] for key in withheld]):
            return Shown(str(total), texts | dict.fromkeys(withheld, WITHHELD))
    return Shown(WITHHELD, texts)


def shown_apart(parts: Mapping[Key, int], other: Mapping[Other, int]) -> tuple[Shown[Key], Shown[Other]]:
    """Two ways to part one number, on pages that the same reader lays side by side.

    What one page hides the other one tells: either split gives bounds for the total, and with them for a small
    part of the other. Where a total can be shown beside both, nothing more can be learned from the two than from
    each. Else only ``parts`` are shown, each as a number on its own; the total and ``other`` are held back whole.
    """
    here, there = shown_parts(parts), shown_parts(other)
    alone = not is_small(sum(parts.values())) or len(_filled(parts)) == len(_filled(other)) == 1
    if alone and WITHHELD not in (here.total, there.total):
        return here, there
    texts = {key: shown(number) for key, number in parts.items()}
    return Shown(WITHHELD, texts), Shown(WITHHELD, dict.fromkeys(other, WITHHELD))


def _filled(parts: Mapping[Any, int]) -> list[int]:
    return [number for number in parts.values() if number]


def _free(small: list[int], withheld: list[int]) -> bool:
    """Could each hidden small part be anything from 1 to 4, for all that the hidden sum tells?"""
    least = sum(small) + sum(withheld) - LEAST * len(withheld)  # the most that the small ones can sum up to
    upper = least >= len(small) + LEAST - 2  # one of them may be 4
    lower = bool(withheld) or sum(small) - 1 <= (LEAST - 1) * (len(small) - 1)  # one of them may be 1
    return upper and lower
