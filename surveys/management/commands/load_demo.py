"""Loads the demo study and opens it; or one more beside it, to begin again from number 1."""

import re
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from study.configuration.commands import demo
from surveys.models import Survey
from surveys.studies.lifecycle.publishing import close_survey
from surveys.studies.protocols.slugs import free_slug

PROTOCOL = settings.BASE_DIR / "fixtures" / "demo_protocol.toml"
SLUG = "demo"
OURS = re.compile(rf"{SLUG}(-\d+)?")


class Command(BaseCommand):
    help = "Load the demo study and open it; print its address."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--again",
            action="store_true",
            help="begin a fresh demo study beside the earlier ones, which are closed and kept",
        )
        parser.add_argument(
            "--owner", metavar="NAME", default="researcher", help="the account that owns it"
        )

    def handle(self, *args: Any, **options: Any) -> str:
        earlier = [row for row in Survey.objects.order_by("-pk") if OURS.fullmatch(row.slug)]
        if options["again"] and not earlier:
            raise CommandError(f"There is no demo study yet; {demo()} begins with a fresh one.")
        if earlier and not options["again"] and earlier[0].status != Survey.Status.DRAFT:
            # Of whatever version: its protocol is frozen, and its pictures are stored.
            return _address(earlier[0].slug)
        slug = free_slug(SLUG) if options["again"] or not earlier else earlier[0].slug
        load = {"slug": slug, "open": True, "owner": options["owner"], "verbosity": 0}
        call_command("load_study", str(PROTOCOL), **load, stdout=self.stdout)
        for survey in earlier if options["again"] else ():
            close_survey(survey)
        return _address(slug)


def _address(slug: str) -> str:
    return f"Take part        {settings.SITE_URL}{reverse('surveys:start', args=[slug])}"
