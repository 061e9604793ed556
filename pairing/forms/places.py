"""Places in forms: short lists grouped by township, long ones a level at a time, without any script."""

from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from pairing.models import Area
from pairing.models.areas import LENGTH

MOST_AT_ONCE = 60  # places that a list shows at once; with more it is narrowed level by level
LEVELS = {length: level for level, length in LENGTH.items()}


class AreaField(forms.ModelChoiceField):
    """An area by its code, in groups of townships so that villages are found."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Area.objects.none(), to_field_name="code", empty_label="—", **kwargs)

    def offer(self, areas: Iterable[Area], *, only: str = "") -> None:
        """Let these areas be chosen, or those of the level ``only``; villages stand under their township."""
        known = list(areas)
        listed = [area for area in known if only in ("", area.level)]
        self.queryset = Area.objects.filter(pk__in=[area.pk for area in listed])
        names = {area.pk: area.label for area in known}
        groups: dict[str, list[tuple[str, str]]] = {}
        for area in listed:
            head = area.pk[:9] if area.level in {"township", "village"} else ""
            groups.setdefault(names.get(head, ""), []).append((area.pk, area.label))
        self.choices = [("", "—"), *groups.get("", []), *((n, group) for n, group in groups.items() if n)]


class PlaceSelect(forms.Select):
    """A list of places with buttons that show the level below, or the one above. They save nothing."""

    within = ""
    above = False
    below = False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        select = super().render(name, value, attrs, renderer)
        hidden = format_html('<input type="hidden" name="within" value="{}">', self.within)
        button = '<button type="submit" name="place_step" value="{}" class="btn btn-outline" formnovalidate>{}</button>'
        buttons = [format_html(button, "below", _("Show the places below"))] if self.below else []
        buttons += [format_html(button, "above", _("Back to the level above"))] if self.above else []
        if not buttons:
            return select
        return format_html(
            '{}{}<div class="actions place-steps">{}</div>',
            select,
            hidden,
            format_html("{}" * len(buttons), *buttons),
        )


class PlaceField(AreaField):
    """An area chosen a level at a time (see ``PlaceForm``)."""

    widget = PlaceSelect

    def offer_level(self, base: str, roots: Collection[str], levels: Collection[str]) -> None:
        """Offer the place ``base`` and those right below it; with no base, the ``roots``."""
        deeper = max((length for length, level in LEVELS.items() if level in levels), default=0)
        wanted = list(Area.objects.active().filter(pk__in=[base] if base else roots))
        under = list(_below(base).order_by("code")) if base and len(base) < deeper else []
        self.queryset = Area.objects.filter(pk__in=[area.pk for area in (*wanted, *under)])
        whole = [(a.pk, _("%(place)s, the whole") % {"place": a.label} if under else a.label) for a in wanted]
        self.choices = [("", "—"), *whole, *((area.pk, area.label) for area in under)]
        self.widget.below = any(len(area.pk) < deeper for area in (under or wanted))
        self.widget.above = bool(base) and (base not in roots or len(roots) > 1)
        self.widget.within = base


class PlaceForm(forms.Form):
    """A form with one place that may lie in a province: its list shows one level, buttons lead to the next.

    A step is a POST that saves nothing: the form comes back unbound, with all that was typed.
    """

    PLACE = "area"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        data: Any = args[0] if args else kwargs.get("data")
        self.step: str
        self.within: str
        self.step, self.within = (data.get("place_step", ""), data.get("within", "")) if data else ("", "")
        self.hint = data.get(self.PLACE, "") if data else ""
        if self.step:
            kwargs["initial"] = {**kwargs.get("initial", {}), **data.dict()}
            kwargs["data"], args = None, args[1:] and (None, *args[1:])
        super().__init__(*args, **kwargs)

    def offer_places(self, roots: Collection[str], *, levels: Collection[str]) -> None:
        """Offer the active areas of ``levels`` in the areas ``roots``: all of them, or a level at a time."""
        field: Any = self.fields[self.PLACE]
        all_of_them = Area.objects.active().within(*roots).filter(level__in=levels).order_by("code")
        if len(few := list(all_of_them[: MOST_AT_ONCE + 1])) <= MOST_AT_ONCE:
            field.offer(few)
            return
        base = self._base(roots)
        field.offer_level(base, roots, levels)
        if self.step:
            self.initial[self.PLACE] = base

    def _base(self, roots: Collection[str]) -> str:
        """The place whose level is shown: inside ``roots``, and one step on from where the reader was."""
        start = next(iter(roots)) if len(roots) == 1 else ""
        base = self.within or self.hint[: max((n for n in LEVELS if n < len(self.hint)), default=0)]
        if self.step == "below" and self.hint and len(self.hint) < LENGTH["village"]:
            base = self.hint
        elif self.step == "above":
            base = next((base[:n] for n in sorted(LEVELS, reverse=True) if n < len(base)), "")
        inside = any(base.startswith(root) for root in roots) and len(base) in LEVELS
        return base if base and inside and base.isascii() and base.isdigit() else start


def _below(base: str) -> Any:
    """The active areas right below ``base``."""
    lengths = sorted(LEVELS)
    level = LEVELS[lengths[min(lengths.index(len(base)) + 1, len(lengths) - 1)]]
    return Area.objects.active().within(base).filter(level=level).exclude(pk=base)
