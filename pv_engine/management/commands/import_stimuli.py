"""python manage.py import_stimuli ITEMS.csv --images DIR"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pv_engine.builds import opening
from pv_engine.errors import EngineError


class Command(BaseCommand):
    help = (
        "Make a stimulus set from pictures that were made elsewhere, and load it. ITEMS.csv has a "
        "line for each item (docs/guides/own_stimuli.md). The last line of the output is the "
        "stimulus set's folder."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("items", type=Path, metavar="ITEMS.csv")
        parser.add_argument(
            "--images", type=Path, metavar="DIR", required=True, help="folder of the pictures"
        )
        parser.add_argument(
            "--out", type=Path, metavar="DIR", help="folder for the stimulus folder"
        )
        parser.add_argument("--name", default="", help="name of the set; the list's by default")
        parser.add_argument("--seed", type=int, default=0, help="shuffles the items")

    def handle(self, *args: Any, **options: Any) -> None:
        from pv_engine.stimulus_sets.importing import import_stimuli
        from pv_engine.stimulus_sets.loading import load_stimulus_set

        out = options["out"] or opening.output_folder()
        try:
            folder = import_stimuli(
                options["items"], options["images"], out, options["name"], options["seed"]
            )
            loaded = load_stimulus_set(folder)
        except EngineError as error:
            raise CommandError(str(error)) from error
        n_items = loaded.items.filter(is_example=False).count()
        self.stdout.write(f"{loaded.name}: {n_items} items")
        self.stdout.write(str(folder))
