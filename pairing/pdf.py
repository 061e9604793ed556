"""Prints through typst: data goes in as JSON, never by string building; any warning is an error.

A print is black on A4 with a binding edge of 25 mm. Its fonts come with the application, so that every machine
sets it alike: Noto Sans CJK from a package, and in pairing/fonts the letters that it has not, for the names of
Tibetans, Mongols, Yi, Uyghurs and Kazakhs.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import manimgx_fonts_cjk
import typst

FONTS = (Path(manimgx_fonts_cjk.__file__).parent, Path(__file__).parent / "fonts")
#: Characters that GBK kept at private places (FE50 to FEA0) and Unicode has since: no font has the private ones,
#: and old registers do. Source: GB 18030-2022, appendix D; those below it moved as late as 2005 and 2022.
_STANDARD = {
    0xE815 + n: bytes([0xFE, byte]).decode("gb18030")
    for n, byte in enumerate(byte for byte in range(0x50, 0xA1) if byte != 0x7F)
} | {
    0xE816: "\U00020087", 0xE817: "\U00020089", 0xE818: "\U000200cc", 0xE81E: "\u9fb4", 0xE826: "\u9fb5",
    0xE82B: "\u9fb6", 0xE82C: "\u9fb7", 0xE831: "\U000215d7", 0xE832: "\u9fb8", 0xE83B: "\U0002298f",
    0xE843: "\u9fb9", 0xE854: "\u9fba", 0xE855: "\U000241fe", 0xE864: "\u9fbb",
}  # fmt: skip


class Unprintable(Exception):
    """The template does not fit the data, or a font is missing."""


@lru_cache(maxsize=1)
def _fonts() -> Any:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder) for folder in FONTS]
    )


def compose(template: Path, data: Mapping[str, Any]) -> bytes:
    """The PDF that ``template`` (a .typ file) makes of ``data``, which it reads from ``sys.inputs.data``.

    Raises ``Unprintable`` for an error and for any warning: a missing font would only be silence on paper.
    """
    text = json.dumps(data, ensure_ascii=False, default=str).translate(_STANDARD)
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
