"""python manage.py build_stimuli RECIPE.toml [--check] [--queue] [--out DIR]"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from tqdm import tqdm

from pv_engine.builds import opening, services
from pv_engine.errors import EngineError
from pv_engine.recipe.reading import Places, Recipe, read_recipe

# Short, so that the progress bar moves and an interruption loses little.
SEGMENT_SECONDS = 5.0
BAR = "{desc:<10} {percentage:3.0f}% |{bar}| {elapsed}{postfix}"


class Command(BaseCommand):
    help = (
        "Build a stimulus set from a recipe: in the foreground with a progress bar, or on a worker "
        "with --queue. The last line of the output is the stimulus set's folder."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("recipe", type=Path, metavar="RECIPE.toml")
        parser.add_argument(
            "--queue", action="store_true", help="let a worker build it and return at once"
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help="only check what would stop the build: files, pictures, network, sizes",
        )
        parser.add_argument(
            "--out", type=Path, metavar="DIR", help="folder for the stimulus folder"
        )
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="SECTION.KEY=VALUE",
            help="replace one value of the recipe, such as data.root; may be repeated",
        )

        parser.add_argument(
            "--data-root",
            type=Path,
            metavar="DIR",
            help="folder of the images on this machine, instead of the recipe's data.root",
        )
        parser.add_argument(
            "--weights",
            type=Path,
            metavar="FILE",
            help="the classifier's weights on this machine, instead of the recipe's "
            "classifier.weights",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["queue"] and not options["check"]:
            _refuse_beside_queue(options)
        try:
            places = Places.given(options["data_root"], options["weights"])
            recipe = read_recipe(options["recipe"], options["set"]).at(places)
            if options["check"]:
                self._check(recipe)
            elif options["queue"]:
                self._queue(recipe)
            else:
                folder = self._build(recipe, options["out"] or opening.output_folder())
                self.stdout.write(str(folder))
        except EngineError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as interrupt:
            raise CommandError(
                "Interrupted; run the same command again to continue from the last checkpoint.",
                returncode=130,
            ) from interrupt

    def _check(self, recipe: Recipe) -> None:
        for note in opening.check_recipe(recipe):
            self.stdout.write(f"Note: {note}")
        self.stdout.write("Nothing that can be known now would stop this build.")

    def _queue(self, recipe: Recipe) -> None:
        build = services.start_build(recipe)
        address = settings.CONSOLE_URL + reverse("builds:detail", args=[build.pk])
        self.stdout.write(f"Build {build.pk} is waiting for a worker. See {address}")

    def _build(self, recipe: Recipe, out: Path) -> Path:
        build = opening.open_foreground_build(recipe, out.resolve())
        with tqdm(total=100, file=self.stderr, bar_format=BAR, dynamic_ncols=True) as bar:
            while True:
                progress = build.advance(SEGMENT_SECONDS)
                bar.set_description(progress.phase, refresh=False)
                bar.set_postfix_str(progress.message, refresh=False)
                bar.update(progress.permille / 10 - bar.n)
                if progress.stimulus_folder is not None:
                    return progress.stimulus_folder


def _refuse_beside_queue(options: dict[str, Any]) -> None:
    if options["out"]:
        raise CommandError(
            f"--out cannot be used with --queue: workers write to {opening.output_folder()}."
        )
    for name in ("set", "data_root", "weights"):
        if options[name]:
            raise CommandError(
                f"--{name.replace('_', '-')} cannot be used with --queue: workers read the recipe "
                "as written."
            )
