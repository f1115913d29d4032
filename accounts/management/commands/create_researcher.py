"""python manage.py create_researcher NAME [--administrator]"""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.audit.record import COMMAND_LINE
from accounts.errors import AccountError
from accounts.sign_in.researchers import create_account, make_password_link


class Command(BaseCommand):
    help = "Create an account for a researcher and print a link for setting the password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the name to sign in with")
        parser.add_argument(
            "--administrator",
            action="store_true",
            help="may also see every study and manage accounts",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = create_account(
                options["name"], COMMAND_LINE, is_administrator=options["administrator"]
            )
        except AccountError as error:
            raise CommandError(str(error)) from error
        link = settings.CONSOLE_URL + make_password_link(user, COMMAND_LINE)
        self.stdout.write(
            f"The account {user} was created. Its password can be set, once and within "
            f"{settings.LINK_HOURS} hours, at\n{link}"
        )
