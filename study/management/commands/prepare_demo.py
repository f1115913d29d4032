"""python manage.py prepare_demo: set up the demo before its servers start."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from study.server import demo


class Command(BaseCommand):
    help = (
        "Create secret key, database, demo study and a researcher's account; print the addresses."
    )
    # The checks would warn about the secret key that this command creates.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            entry, password = demo.prepare()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"""
  {entry}
  Console          {settings.CONSOLE_URL}/console/
  Sign in as       {demo.RESEARCHER}
  with password    {password}

  The password is valid until the next start, which sets a new one. Ctrl-C stops everything.
  A study that people have taken part in takes no bots, and one that was unblinded stays closed:
  `{demo.again()}` begins a fresh demo study beside it.
"""
        )
