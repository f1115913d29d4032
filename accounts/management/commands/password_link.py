"""python manage.py password_link NAME: for a researcher who has forgotten their password."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.audit.record import COMMAND_LINE
from accounts.errors import AccountError
from accounts.sign_in.researchers import find_account, make_password_link
from accounts.sign_in.second_factor import remove_app


class Command(BaseCommand):
    help = "Print a link for setting a new password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the account's name")
        parser.add_argument(
            "--forget-second-factor",
            action="store_true",
            help="also remove the second factor, for a lost phone and lost recovery codes",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = find_account(options["name"])
        except AccountError as error:
            raise CommandError(str(error)) from error
        if options["forget_second_factor"]:
            remove_app(user, COMMAND_LINE)
        self.stdout.write(
            f"{user} can set a new password, once and within {settings.LINK_HOURS} hours, at\n"
            f"{settings.CONSOLE_URL}{make_password_link(user, COMMAND_LINE)}"
        )
