"""python manage.py check_build FOLDER [--with FOLDER]"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pv_engine.errors import EngineError
from pv_engine.stimulus_sets.manifest import read_manifest
from pv_engine.stimulus_sets.rebuilds import compare_sets


class Command(BaseCommand):
    help = (
        "Compare a rebuilt stimulus folder with an earlier one of the same recipe, item by item: "
        "predictions, answer keys, pictures, versions and processor. The exit status is 1 if "
        "anything differs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER", help="the rebuilt folder")
        parser.add_argument(
            "--with",
            dest="earlier",
            type=Path,
            metavar="FOLDER",
            help="the earlier folder (the shipped set of the same recipe)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            earlier = options["earlier"] or _shipped(options["folder"])
            comparison = compare_sets(earlier, options["folder"])
        except EngineError as error:
            raise CommandError(str(error)) from error
        for item in comparison.items:
            self.stdout.write(item.words())
        for name, count in comparison.counts().items():
            self.stdout.write(f"{count:4d} {name}")
        for difference in comparison.settings:
            self.stdout.write(f"Made differently: {difference}")
        if not comparison.is_same:
            raise CommandError("The sets differ.")


def _shipped(rebuilt: Path) -> Path:
    """The folder in fixtures/stimuli that was made from the same recipe."""
    recipe = read_manifest(rebuilt)["recipe_sha256"]
    shipped = sorted((Path(settings.BASE_DIR) / "fixtures" / "stimuli").glob("*/manifest.json"))
    for file in shipped:
        if read_manifest(file.parent)["recipe_sha256"] == recipe:
            return file.parent
    raise CommandError(
        f"No set in fixtures/stimuli was made from the recipe of {rebuilt}; name one using --with."
    )
