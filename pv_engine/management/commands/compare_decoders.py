"""python manage.py compare_decoders FIRST.toml SECOND.toml --out DIR"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pv_engine.errors import EngineError
from pv_engine.recipe.reading import Places, read_recipe


class Command(BaseCommand):
    help = (
        "Compare two decoders of the same classifier that were trained on different pictures, on "
        "the first recipe's held-out pictures: by picture, SSIM and feature distance. What a "
        "recipe's decoder still needs is trained first; build_stimuli's work is used."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("first", type=Path, metavar="FIRST.toml")
        parser.add_argument("second", type=Path, metavar="SECOND.toml")
        for name in ("first", "second"):
            _add_places(parser, name)
        parser.add_argument(
            "--out", type=Path, metavar="DIR", required=True, help="where the results are written"
        )
        parser.add_argument(
            "--show", type=int, default=12, metavar="N", help="how many pictures the sheet shows"
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
        """The work folder of a recipe, its decoder trained."""
        from pv_engine.pipeline.decoder_build import DecoderBuild

        places = Places.given(options[f"{name}_data_root"], options[f"{name}_weights"])
        recipe = read_recipe(options[name]).at(places)
        build = DecoderBuild(recipe, Path(settings.BUILDS_DIR) / recipe.build_key[:16])
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
