"""Static files from installed packages, by an allow-list: only what pages really use is ever served."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import bootstrap_wrapper
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

# The source map is named inside the style sheet: the manifest storage refuses the sheet without it.
_PACKAGES = {
    "bootstrap": (
        Path(bootstrap_wrapper.get_bootstrap_dir()),
        ("css/bootstrap-reboot.min.css", "css/bootstrap-reboot.min.css.map"),
    ),
}


class PackageFinder(BaseFinder):
    """Finds ``bootstrap/…`` among the listed files of that package."""

    def __init__(self) -> None:
        self.storages: dict[str, FileSystemStorage] = {}
        self.names: dict[str, tuple[str, ...]] = {}
        for prefix, (root, names) in _PACKAGES.items():
            storage = FileSystemStorage(location=root)
            storage.prefix = prefix  # type: ignore[attr-defined]  # collectstatic puts the files below it
            self.storages[prefix], self.names[prefix] = storage, names

    def check(self, **kwargs: Any) -> list[Any]:
        """Nothing to check: the packages are locked, and a test compares the files with published hashes."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The file of a listed ``path``, or an empty list (Django's convention)."""
        prefix, _slash, name = path.replace("\\", "/").partition("/")
        if name not in self.names.get(prefix, ()):
            return []
        found = self.storages[prefix].path(name)
        return [found] if find_all or kwargs.get("all") else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Every listed file with its storage, for ``collectstatic``."""
        for prefix, storage in self.storages.items():
            for name in self.names[prefix]:
                yield name, storage
