"""python manage.py compare_decoders FIRST.toml SECOND.toml --out DIR"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pv_engine.errors import EngineError
from pv_engine.recipe.reading import Places, read_recipe


class Command(BaseCommand):
    help = (
        "Compare two decoders of one classifier, trained on different pictures, on the first "
        "recipe's held-out pictures by MSE, SSIM and feature distance. Networks that "
        "build_stimuli has not trained yet are trained first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("first", type=Path, metavar="FIRST.toml")
        parser.add_argument("second", type=Path, metavar="SECOND.toml")
        for name in ("first", "second"):
            _add_places(parser, name)
        parser.add_argument(
            "--out", type=Path, metavar="DIR", required=True, help="folder for the results"
        )
        parser.add_argument(
            "--show", type=int, default=12, metavar="N", help="number of pictures on the sheet"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        from pv_engine.reports.decoders import compare_builds

        try:
            first, second = (self._finished(options, name) for name in ("first", "second"))
            found = compare_builds(first, second, options["out"], options["show"])
        except EngineError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{found.table.text()}\n")
        for file in found.files:
            self.stdout.write(str(file))

    def _finished(self, options: dict[str, Any], name: str) -> Any:
        """Return the workspace of a recipe, with its decoder trained."""
        from pv_engine.pipeline.decoder_build import DecoderBuild

        places = Places.given(options[f"{name}_data_root"], options[f"{name}_weights"])
        recipe = read_recipe(options[name]).at(places)
        build = DecoderBuild(recipe, recipe.work_folder(Path(settings.BUILDS_DIR)))
        for sentence in build.run():
            self.stderr.write(f"{recipe.name}, {sentence}")
        return build.workspace


def _add_places(parser: CommandParser, name: str) -> None:
    parser.add_argument(
        f"--{name}-data-root",
        type=Path,
        metavar="DIR",
        help=f"as --data-root of build_stimuli, for the {name} recipe",
    )
    parser.add_argument(
        f"--{name}-weights",
        type=Path,
        metavar="FILE",
        help=f"as --weights of build_stimuli, for the {name} recipe",
    )
