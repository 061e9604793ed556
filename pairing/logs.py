"""Log lines without personal data: what the database quotes of a row, and every long number, stays out."""

import logging
import re

# PostgreSQL's details quote rows and keys; identity, phone and bank numbers are long runs of digits.
_QUOTED = re.compile(r"^(?:DETAIL|CONTEXT|HINT|QUERY|STATEMENT):.*$", re.MULTILINE)
_NUMBER = re.compile(r"(?<![\w-])\d{11,22}[Xx]?(?![\w-])")


class Formatter(logging.Formatter):
    """The usual lines, tracebacks included, with such parts replaced."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record; the only place where all its parts have become text."""
        return _NUMBER.sub("[number]", _QUOTED.sub("[detail left out]", super().format(record)))
