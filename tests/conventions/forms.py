"""Forms as a browser sends them: ``fill`` turns a page into a body."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from pairing import clock
from tests import cast

POSITIONS = tuple(cast.POSITIONS)


@dataclass
class Form:
    """One form of a page: where it goes, and its fields with what stands in each."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.select: str = ""
        self.area: str = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        a: dict[str, str] = {k: v or "" for k, v in attrs}
        if tag == "form":
            self.forms.append(Form(a.get("action", ""), a.get("method", "get").lower()))
        if not self.forms:
            return
        form, name, kind = self.forms[-1], a.get("name", ""), a.get("type", "text")
        if tag == "option" and self.select:
            form.choices.setdefault(self.select, []).append(a.get("value", ""))
            if "selected" in a:
                form.fields[self.select] = [a.get("value", "")]
        if not name or "disabled" in a:
            return
        if tag == "select":
            self.select = name
            form.fields.setdefault(name, [])
            form.kinds[name] = "select"
        elif tag == "textarea":
            self.area = name
            form.fields[name], form.kinds[name] = [""], "text"
        elif tag == "input" and kind in {"radio", "checkbox"}:
            form.fields.setdefault(name, [])
            form.kinds[name] = kind
            form.choices.setdefault(name, []).append(a.get("value", "on"))
            if "checked" in a:
                form.fields[name].append(a.get("value", "on"))
        elif tag == "input" and kind not in {"submit", "button"}:
            form.fields[name], form.kinds[name] = [a.get("value", "")], kind

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area and self.forms:
            self.forms[-1].fields[self.area][0] += data


def forms_on(html: str) -> list[Form]:
    """All forms of a page."""
    parser = _Forms()
    parser.feed(html)
    return parser.forms


def fill(html: str, path: str, **wanted: Any) -> dict[str, Any] | None:
    """What a reader who fills the page's main form would send; None where the page has no form of its own."""
    own = [f for f in forms_on(html) if f.method == "post" and f.action in ("", path, path.split("?")[0])]
    if not own:
        return None
    form = max(own, key=lambda f: len(f.fields))
    data: dict[str, Any] = {}
    for name, values in form.fields.items():
        kind, choices = form.kinds.get(name, "text"), form.choices.get(name, [])
        if not any(values) and kind in {"radio", "select"}:
            values = [next((choice for choice in choices if choice), "")]
        elif not values and kind == "checkbox" and len(choices) > 1:
            values = choices[:1]
        elif kind == "text":
            values = [values[0].removeprefix("\n") or _BY_NAME.get(name, _EXAMPLES["text"])]
        elif values == [""]:
            values = [_BY_NAME.get(name, _EXAMPLES.get(kind, ""))]
        if values:
            data[name] = values if len(values) > 1 else values[0]
    data.pop("csrfmiddlewaretoken", None)
    return data | wanted


#: What "some text" would be wrong for: numbers that check themselves, and days that must fit another field.
_BY_NAME = {
    "phone": "13800001234",
    "contact_phone": "13800001234",
    "id_number": "",
    "person_number": "",
    "bank_account": "",
    "file_number": "",
    "birth_date": "1962-03-01",
    "exit_year": "2020",
    "username": "newhelper",
}
_EXAMPLES = {"date": clock.today().isoformat(), "number": "1", "text": "已经问清楚了", "password": ""}
