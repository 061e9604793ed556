"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pairing.settings")
application = get_wsgi_application()

from pairing import patience  # noqa: E402 (the settings and models must be loaded)
from pairing.production import refuse_to_start  # noqa: E402

patience.install()
refuse_to_start()
