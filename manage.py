#!/usr/bin/env python3
"""Django's commands; `python3 dev.py manage …` runs them with the demo's environment."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pairing.settings")
    execute_from_command_line(sys.argv)
