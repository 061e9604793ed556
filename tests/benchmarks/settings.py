"""The product's settings with two peers beside it: Django's admin, and pages that do almost nothing."""

from pairing.settings import *  # noqa: F403
from pairing.settings import INSTALLED_APPS, STORAGES

INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.admin"]
ROOT_URLCONF = "tests.benchmarks.urls"
# Static files need not be collected first; their addresses cost the same either way.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
