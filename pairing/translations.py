"""The translations: `python -m pairing.translations extract | update | compile | check`.

Strings are found in the Python code of the three apps and in the templates, and stand in one catalogue,
`pairing/locale/zh_Hans/LC_MESSAGES/django.po`. Babel does the work, so neither the system's gettext nor a
configured Django is needed.

    extract   write all strings of the code to standard output, as a POT sorted by string
    update    bring new strings into the catalogue and drop unused ones; nothing is guessed
    compile   make django.mo, which Django reads and which is not committed
    check     exit with 1 when a string is missing or fuzzy, or its placeholders differ
"""

import datetime
import io
import os
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "pairing/locale/zh_Hans/LC_MESSAGES/django.po"
SOURCES = ("pairing", "households", "visits")
TEMPLATES = ("templates",)

KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
# A constant, so that extracting twice writes the same bytes.
CREATED = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdf]|(?<!\{)\{\w*\}(?!\})")


def python_strings(file: IO[bytes], keywords: Any, comments: Any, options: Any) -> Iterator[Any]:
    """Babel's own reading of Python code."""
    return extract_python(file, keywords, comments, options)


def template_strings(file: IO[bytes], keywords: Any, comments: Any, options: Any) -> Iterator[Any]:
    """Read a Django template as the Python code into which Django turns it for gettext.

    The parenthesis around it keeps Python's tokenizer from minding the indentation.
    """
    code = "(" + templatize(file.read().decode()) + "\n)"
    return extract_python(io.BytesIO(code.encode()), keywords, comments, options)


def source_files() -> Iterator[tuple[Path, Any]]:
    """Every file that may hold strings with the function that reads it, in a fixed order."""
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, python_strings
    for folder in TEMPLATES:
        for path in sorted((ROOT / folder).rglob("*.*")):
            if path.suffix in {".html", ".txt", ".svg"}:
                yield path, template_strings


def strings_in_code() -> Catalog:
    """The catalogue of all strings in code and templates, without translations."""
    catalogue = Catalog(project="Pairing", charset="utf-8", creation_date=CREATED, fuzzy=False)
    for path, method in source_files():
        name = path.relative_to(ROOT).as_posix()
        try:
            found = list(extract(method, io.BytesIO(path.read_bytes()), KEYWORDS, ["Translators:"]))
        except (SyntaxError, tokenize.TokenError, UnicodeDecodeError) as error:
            raise SystemExit(f"{name}: cannot be read: {error}") from error
        for line, text, comments, context in found:
            catalogue.add(text, None, [(name, line)], auto_comments=comments, context=context)
    return catalogue


def translated() -> Catalog:
    """The Chinese catalogue as it is committed; an empty one where there is none yet."""
    if not CATALOGUE.exists():
        return Catalog(locale="zh_Hans", project="Pairing", charset="utf-8", fuzzy=False)
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, so that a running server never reads half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}")
    half.write_bytes(content)
    half.replace(path)


def as_po(catalogue: Catalog) -> bytes:
    """The catalogue in PO format, sorted by string, one line a string so that diffs stay small."""
    out = io.BytesIO()
    write_po(out, catalogue, width=0, sort_output=True, ignore_obsolete=True)
    return out.getvalue()


def compile_catalogue() -> None:
    """Make django.mo beside the catalogue."""
    out = io.BytesIO()
    write_mo(out, translated())
    replace(CATALOGUE.with_suffix(".mo"), out.getvalue())


def update_catalogue() -> None:
    """Bring the catalogue in step with the code; new strings stand there empty."""
    catalogue = translated()
    catalogue.update(strings_in_code(), no_fuzzy_matching=True)
    replace(CATALOGUE, as_po(catalogue))


def texts(value: Any) -> tuple[str, ...]:
    """A message's id or translation as a tuple: one text, or one for each plural form."""
    return tuple(value) if isinstance(value, list | tuple) else (value or "",)


def placeholders(text: str) -> Counter[str]:
    """The `%(name)s`, `%s` and `{name}` in a text; a doubled percent sign is none."""
    return Counter(PLACEHOLDER.findall(text.replace("%%", "")))


def complaint(source: Message, found: Message | None) -> str | None:
    """What is wrong with the translation of one string of the code; None when nothing is."""
    if found is None or not all(texts(found.string)):
        return "not translated"
    if found.fuzzy:
        return "fuzzy"
    # The last form is the plural one, which alone names the number: "One visit", "%(count)s visits".
    expected = placeholders(texts(source.id)[-1])
    for text in texts(found.string):
        # A name may be used twice or in another order, but none may be lost or invented.
        if set(placeholders(text)) != set(expected):
            return f"placeholders differ: {text!r}"
        if placeholders(text)["%s"] != expected["%s"]:
            return f"number of %s differs: {text!r}"
    return None


def complaints() -> list[str]:
    """One line for every string of the code whose translation is missing or wrong."""
    catalogue = translated()
    lines = []
    for source in strings_in_code():
        if not source.id:
            continue
        problem = complaint(source, catalogue.get(texts(source.id)[0], source.context))
        if problem:
            path, line = source.locations[0]
            lines.append(f"{path}:{line}: {texts(source.id)[0]!r} {problem}")
    return sorted(lines)


def main(arguments: list[str]) -> int:
    """Run one command and return the exit code."""
    match arguments:
        case ["extract"]:
            sys.stdout.buffer.write(as_po(strings_in_code()))
        case ["update"]:
            update_catalogue()
        case ["compile"]:
            compile_catalogue()
        case ["check"]:
            problems = complaints()
            print(*problems, sep="\n", end="\n" if problems else "")
            return 1 if problems else 0
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
