"""python manage.py prepare_demo: what `make demo` runs before the servers start."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from study.server import demo


class Command(BaseCommand):
    help = "Make secret key, database, demo study and researcher's account; print the addresses."
    # The checks would warn of a secret key that is only just being made.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            password = demo.prepare()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"""
  Take part        {settings.SITE_URL}/s/demo/
  Console          {settings.CONSOLE_URL}/console/
  Sign in as       {demo.RESEARCHER}
  with password    {password}

  The password holds until the next start, which makes a new one. Ctrl-C stops everything.
"""
        )
