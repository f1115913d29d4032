"""Writes a commented protocol to begin a study with."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pv_engine.errors import EngineError
from pv_engine.stimulus_sets.manifest import read_manifest
from surveys.errors import SurveyError
from surveys.protocol.reader import parse_protocol
from surveys.studies.starter import starter_protocol
from surveys.studies.versions import write_new_file


class Command(BaseCommand):
    help = "Writes a commented protocol for a stimulus folder; it loads as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("stimuli", type=Path, help="a folder that build_stimuli wrote")
        parser.add_argument("--out", type=Path, required=True, metavar="FILE")
        parser.add_argument("--slug", default="my-study", help="(default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path = options["out"]
        try:
            manifest = read_manifest(options["stimuli"])
            folder = os.path.relpath(options["stimuli"].resolve(), out.resolve().parent)
            text = starter_protocol(manifest, Path(folder).as_posix(), options["slug"])
            parse_protocol(text, out)
            write_new_file(out, text)
        except (SurveyError, EngineError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{out} is written. Read it, then: python manage.py load_study {out}")
