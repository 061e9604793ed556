"""What every template has without loading it: icons, badges, dates in words."""

import datetime as dt
from functools import lru_cache

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from pairing import charts, nav, wording
from pairing.icons import badge as badge_html
from pairing.icons import icon as icon_svg

register = template.Library()

for _word in (
    wording.day,
    wording.short_day,
    wording.moment,
    wording.relative_days,
    wording.overdue_days,
    wording.yuan,
):
    register.filter(_word.__name__, _word)


@register.simple_tag
def icon(name: str, size: int = 20, css: str = "") -> SafeString:
    """``{% icon "home" %}``: an outline heroicon, hidden from screen readers; put a word beside it."""
    return icon_svg(str(name), size, str(css))


@register.simple_tag
def badge(word: str, tone: str = "neutral", icon: str = "") -> SafeString:
    """``{% badge word tone %}``: a state as icon and word; the tones are those of ``pairing.icons``."""
    return badge_html(word, str(tone), str(icon))


register.simple_tag(wording.colon)


@register.simple_tag(takes_context=True)
def kept(context: Context, name: str) -> SafeString:
    """A part of the frame that depends on language, roles and page name only: rendered once a process."""
    frame = context["frame"]
    return _kept(name, get_language() or "", frame["roles"], frame["page"], frame["demo"])


@lru_cache(maxsize=2048)
def _kept(name: str, language: str, roles: frozenset[str], page: str, demo: bool) -> SafeString:
    return render_to_string(name, {"places": nav.places(roles, page), "demo": demo})


@register.filter
def labelled(value: object, labels: dict[object, object]) -> object:
    """The label of a stored value: ``{{ row.kind|labelled:kinds }}``; the value itself when unknown."""
    return labels.get(value, value)


@register.simple_tag
def month_strip(title: str, months: list[tuple[dt.date, int | None]], description: str = "") -> SafeString:
    """``{% month_strip title months %}``: a strip of months with shares of 0–100."""
    return charts.month_strip(title, months, description)
