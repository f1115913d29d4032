"""python manage.py blind_sheet FOLDER --condition pv --stratum model_wrong --n 20 --seed 1"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pv_engine.errors import EngineError
from pv_engine.stimulus_sets.manifest import STRATA


class Command(BaseCommand):
    help = (
        "Write a page of stimuli with their options and no labels, a table for your guesses, and "
        "the key beside the folder: read it before you recruit anyone, then run score_sheet."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER", help="what build_stimuli wrote")
        parser.add_argument("--condition", required=True, help="a condition of the set")
        parser.add_argument("--stratum", choices=STRATA, default="model_wrong")
        parser.add_argument("--n", type=int, default=20, help="how many items (default: 20)")
        parser.add_argument(
            "--seed", type=int, default=1, help="which items; the same in every condition"
        )
        parser.add_argument("--out", type=Path, metavar="DIR", help="default: blind_CONDITION")
        parser.add_argument("--key", type=Path, metavar="FILE", help="default: DIR_key.json")

    def handle(self, *args: Any, **options: Any) -> None:
        from pv_engine.reports.blind_sheet import write_blind_sheet

        out = options["out"] or Path(f"blind_{options['condition']}")
        key = options["key"] or out.with_name(f"{out.name}_key.json")
        chosen = {name: options[name] for name in ("folder", "condition", "stratum", "n", "seed")}
        try:
            files = write_blind_sheet(**chosen, out=out, key=key)
        except EngineError as error:
            raise CommandError(str(error)) from error
        for file in files:
            self.stdout.write(str(file))
