"""python manage.py score_sheet blind_pv_key.json blind_pv/guesses.csv [KEY GUESSES ...]"""

from itertools import combinations
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pv_engine.errors import EngineError


class Command(BaseCommand):
    help = (
        "Score the guesses on blind sheets: how often they named the model's prediction, with an "
        "exact interval, and each pair of sheets against each other."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", type=Path, nargs="+", metavar="KEY GUESSES")

    def handle(self, *args: Any, **options: Any) -> None:
        from pv_engine.reports.blind_sheet import compare_readings, read_guesses, read_key

        files = options["files"]
        if len(files) % 2:
            raise CommandError("Name a table of guesses after each key.")
        named: list[tuple[str, dict[str, bool]]] = []
        try:
            for key_file, guesses in zip(files[::2], files[1::2], strict=True):
                key = read_key(key_file)
                score, by_item = read_guesses(guesses, key["items"])
                self.stdout.write(
                    f"{key['condition']}, {key['stratum'].replace('_', ' ')}: {score.words()}."
                )
                named.append((key["condition"], by_item))
        except EngineError as error:
            raise CommandError(str(error)) from error
        for (name_a, a), (name_b, b) in combinations(named, 2):
            test, p = compare_readings(a, b)
            self.stdout.write(f"{name_a} against {name_b}: p = {p:.3g} ({test}, two-sided).")
