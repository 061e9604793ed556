"""What Django does once, when the application is loaded."""

from django.apps import AppConfig
from django.core import checks


class PairingConfig(AppConfig):
    """The ground floor."""

    name = "pairing"

    def ready(self) -> None:
        """Let ``manage.py check --deploy`` say what a production site would refuse to start with."""
        from pairing.production import check

        checks.register(check, checks.Tags.security, deploy=True)
