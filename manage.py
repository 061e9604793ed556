#!/usr/bin/env python3
"""Django's commands; `python3 dev.py manage …` runs them with the demo's environment."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError
from psycopg2.errors import UndefinedTable


def main() -> None:
    """Run one command; what the operator has to mend is said in a sentence, without a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pairing.settings")
    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, OperationalError) as error:
        sys.exit(str(error).strip())
    except ProgrammingError as error:
        if isinstance(error.__cause__, UndefinedTable):
            sys.exit("A table is missing: run `manage.py migrate` first.")
        raise


if __name__ == "__main__":
    main()
