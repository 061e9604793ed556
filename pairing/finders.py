"""The style sheet that every page loads: the looks of a page in one file, because a phone waits for each."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import bootstrap_wrapper
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

NAME = "css/pairing.css"
_OWN = settings.BASE_DIR / "static" / "css"
# In this order; the rules of paper come last, so that they hold against all others.
SHEETS = (
    Path(bootstrap_wrapper.get_bootstrap_dir()) / "css" / "bootstrap-reboot.min.css",
    *(_OWN / f"{part}.css" for part in ("look", "frame", "parts", "records", "forms", "tables", "layout")),
)
PAPER = _OWN / "print.css"
_MAP = re.compile(r"/\*# sourceMappingURL=.*?\*/")


def joined() -> str:
    """The text of the style sheet, as the sheets it is made of stand now."""
    screen = "\n".join(_MAP.sub("", sheet.read_text()) for sheet in SHEETS)
    return f"{screen}\n@media print {{\n{PAPER.read_text()}}}\n"


class JoinedFinder(BaseFinder):
    """Finds ``css/pairing.css``, written anew whenever somebody looks for it after a change."""

    def __init__(self) -> None:
        self.folder = TemporaryDirectory(prefix="pairing-static-")  # goes with the process
        self.storage = FileSystemStorage(location=self.folder.name)

    def check(self, **kwargs: Any) -> list[Any]:
        """Nothing to check: the packages are locked, and a test compares the file with its published hash."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The file of that one ``path``, or an empty list (Django's convention)."""
        if path != NAME:
            return []
        found = self._written()
        return [found] if find_all or kwargs.get("all") else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """The one file with its storage, for ``collectstatic``."""
        self._written()
        yield NAME, self.storage

    def _written(self) -> str:
        file, text = Path(self.storage.path(NAME)), joined()
        file.parent.mkdir(exist_ok=True)
        if not file.exists() or file.read_text() != text:
            file.write_text(text)
        return str(file)
