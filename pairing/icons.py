"""Outline icons and state badges as safe HTML: an icon always stands beside a word."""

from functools import lru_cache

import heroicons
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

#: The tones of the look, with the icon that each shows unless told otherwise.
TONES = {
    "primary": "bookmark",
    "due": "clock",
    "danger": "exclamation-triangle",
    "done": "check-circle",
    "info": "information-circle",
    "neutral": "",  # its minus in a circle looked like a way to take the word out
}


@lru_cache(maxsize=256)
def icon(name: str, size: int = 20, css: str = "") -> SafeString:
    """The outline heroicon ``name`` as inline SVG, hidden from screen readers.

    Raises ``heroicons.IconDoesNotExist`` for an unknown name.
    """
    attributes: dict[str, object] = {
        "class": f"icon {css}".strip(),
        "aria_hidden": "true",
        "focusable": "false",
    }
    return mark_safe(heroicons._render_icon("outline", name, size, attributes))  # noqa: S308  no outside text


def badge(word: str | Promise, tone: str = "neutral", icon_name: str = "") -> SafeString:
    """A state as icon and word; a neutral one is the word. ``tone`` is a key of ``TONES``, else neutral."""
    tone = tone if tone in TONES else "neutral"
    name = icon_name or TONES[tone]
    mark = icon(name, 16) if name else ""
    return mark_safe(f'<span class="state state-{tone}">{mark}{escape(word)}</span>')  # noqa: S308  escaped
