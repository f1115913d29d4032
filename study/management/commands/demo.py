"""python manage.py demo: prepare and run the demo study, as `make demo` does."""

import os
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from study.server import demo


class Command(BaseCommand):
    help = "Prepare the demo study, then run the web server and a worker until Ctrl-C."
    # prepare_demo creates the secret key that the checks ask for.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("prepare_demo", stdout=self.stdout)
        self.stdout.flush()
        command, environment = demo.servers()
        # Replace this process, so that Ctrl-C and the exit status are the servers' own.
        os.execve(command[0], command, environment)  # noqa: S606 - our own Python, no shell
