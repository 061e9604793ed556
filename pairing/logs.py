"""Log lines without personal data: what the database quotes of a row, and every long number, stays out.

So do the codes of sheets that let people in.
"""

import logging
import re

# PostgreSQL's details quote rows and keys; identity, phone and bank numbers are long runs of digits, also in groups.
_QUOTED = re.compile(r"^(?:DETAIL|CONTEXT|HINT|QUERY|STATEMENT):.*$", re.MULTILINE)
# Letters of hexadecimal ids and hashes do not end such a run; other letters, and Chinese characters, do.
_NUMBER = re.compile(
    r"(?<![\da-f-])(?:\d{11,22}|\d{3,6}(?:[ -]\d{4}){2,4}(?: \d{1,3})?)[Xx]?(?![\da-f-])"
    r"|(?<=phone)\d{11}(?!\d)"
)

# The address of a printed sheet is a key to its account until it is used.
_CODE = re.compile(r"(?<=/enter/)[^/\s]+")


class Formatter(logging.Formatter):
    """The usual lines, tracebacks included, with such parts replaced."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record; the only place where all its parts have become text."""
        line = _CODE.sub("[code]", super().format(record))
        return without_numbers(_QUOTED.sub("[detail left out]", line))


def without_numbers(text: str) -> str:
    """A text with every long number, as people have, left out."""
    return _NUMBER.sub("[number]", text)
