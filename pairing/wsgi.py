"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pairing.settings")
application = get_wsgi_application()

from pairing.production import refuse_to_start  # noqa: E402 (the models must be loaded)

refuse_to_start()
