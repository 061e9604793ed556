"""Prints through typst: data goes in as JSON, never by string building; any warning is an error.

A print is black on A4 with a binding edge of 25 mm; its fonts come from one package, so that every machine
sets it alike.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import manimgx_fonts_cjk
import typst

FONTS = Path(manimgx_fonts_cjk.__file__).parent


class Unprintable(Exception):
    """The template does not fit the data, or a font is missing."""


@lru_cache(maxsize=1)
def _fonts() -> Any:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def compose(template: Path, data: Mapping[str, Any]) -> bytes:
    """The PDF that ``template`` (a .typ file) makes of ``data``, which it reads from ``sys.inputs.data``.

    Raises ``Unprintable`` for an error and for any warning: a missing font would only be silence on paper.
    """
    text = json.dumps(data, ensure_ascii=False, default=str)
    try:
        pdf, warnings = typst.compile_with_warnings(
            str(template),
            root=str(template.parent),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": text},
        )
    except typst.TypstError as error:
        raise Unprintable(f"{template.name}: {error}") from None
    if warnings:
        raise Unprintable(f"{template.name}: {warnings[0]}")
    return bytes(pdf)


def short_hash(data: Mapping[str, Any]) -> str:
    """Eight characters that change with any cell: printed at the foot, so that two prints can be compared."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:8]
