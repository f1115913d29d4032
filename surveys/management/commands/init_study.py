"""Writes a commented protocol to begin a study with."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pv_engine.errors import EngineError
from study.configuration.commands import command
from surveys.errors import SurveyError
from surveys.studies.protocols.starter import write_starter


class Command(BaseCommand):
    help = "Write a commented protocol for a stimulus folder; it can be loaded unchanged."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("stimuli", type=Path, help="a folder that build_stimuli wrote")
        parser.add_argument("--out", type=Path, required=True, metavar="FILE")
        parser.add_argument("--slug", default="my-study", help="(default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path = options["out"]
        try:
            write_starter(options["stimuli"], out, options["slug"])
        except (SurveyError, EngineError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{out} is written. Read it, then: {command(f'load_study {out}')}")
