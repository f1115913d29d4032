"""python -m pv_engine.read_stimuli RECIPE.toml: how often a reader names the model's prediction.

Draws further held-out pictures as participants would see the items, for each condition of the
recipe, and lets the recipe's reader (`quality.reader`) read them with its own head, which was never
fitted to stimuli. Prints the shares with exact intervals; --out keeps the counts as JSON. Needs no
Django. After an interruption, the same command continues.

    python -m pv_engine.read_stimuli recipes/demo_quick.toml \\
        --set quality.reader=small_cnn --set quality.reader_weights=../reader.safetensors
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from pv_engine.errors import EngineError
from pv_engine.pipeline.reading.build import ReadingBuild
from pv_engine.pipeline.reading.further import ROWS
from pv_engine.pipeline.reading.zero_shot import ZeroShotPhase
from pv_engine.pipeline.work_folder import BEFORE_STIMULI, lend
from pv_engine.recipe.arguments import add_changes
from pv_engine.recipe.reading import Places, Recipe, read_recipe
from pv_engine.reports.blind_sheet import write_separate_sheets
from pv_engine.reports.quality_tables import quality_tables
from pv_engine.stimulus_sets.manifest import ORIGINAL

SEGMENT_SECONDS = 20.0


def main(arguments: list[str] | None = None) -> int:
    """Read and return the exit status: 1 after an error that the user can fix."""
    options = _parser().parse_args(arguments)
    try:
        recipe = read_recipe(options.recipe, options.set).at(
            Places.given(options.data_root, options.weights)
        )
        work = options.work or recipe.work_folder(Path("var", "builds"))
        report = _read(recipe, work, options, options.sheets)
        for change in options.vary:
            changed = read_recipe(options.recipe, [*options.set, change]).at(recipe.places)
            folder = work / "variations" / changed.build_key[:16]
            lend(work, _shared(recipe, changed), folder)
            print(f"With {change}:")  # noqa: T201 - this is a command
            report.setdefault("varied", {})[change] = _read(changed, folder, options)
    except EngineError as error:
        print(f"Error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    if options.out:
        options.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 0


def _shared(recipe: Recipe, changed: Recipe) -> tuple[str, ...]:
    """The phases whose results serve a changed recipe: also the bank, where it keeps the same."""
    keys = [each.exemplar.bank_key for each in (recipe, changed) if each.exemplar]
    same_bank = len(keys) == 2 and keys[0] == keys[1]
    return (*BEFORE_STIMULI, "exemplars") if same_bank else BEFORE_STIMULI


def _read(
    recipe: Recipe, work: Path, options: argparse.Namespace, sheets: Path | None = None
) -> dict[str, Any]:
    """Finish one reading, print its tables and return its counts."""
    build = ReadingBuild(recipe, work, options.pictures, options.rows)
    for sentence in build.run(SEGMENT_SECONDS):
        print(sentence, file=sys.stderr, flush=True)  # noqa: T201
    report = build.report()
    if sheets:
        for file in _write_sheets(build.reading, sheets):
            print(file, file=sys.stderr)  # noqa: T201
    for table in quality_tables({"legibility": report}):
        print(table.text(), flush=True)  # noqa: T201
    return report


def _write_sheets(reading: ZeroShotPhase, sheets: Path) -> tuple[Path, ...]:
    """A blind sheet of each condition of what was read."""
    workspace = reading.workspace
    drawn = json.loads(workspace.rendered_path.read_text())
    conditions = [kind for kind in reading.kinds if kind != ORIGINAL]
    seed = workspace.recipe.seed
    return write_separate_sheets(drawn, workspace.pictures_path, conditions, seed, sheets)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pv_engine.read_stimuli",
        description="Let a reader that was never fitted to stimuli read held-out pictures.",
    )
    parser.add_argument("recipe", type=Path, metavar="RECIPE.toml")
    parser.add_argument(
        "--pictures",
        type=_at_least_one,
        default=100,
        metavar="N",
        help="held-out pictures of each stratum, or as many as there are (100)",
    )
    parser.add_argument(
        "--rows",
        choices=ROWS,
        default="all",
        help="which held-out pictures: choose parameters on one half, report the other (all)",
    )
    parser.add_argument(
        "--vary",
        type=_of_exemplars,
        action="append",
        default=[],
        metavar="exemplar.KEY=VALUE",
        help="read again with one value of [exemplar] replaced, with the same networks and "
        "pictures; may be repeated",
    )
    parser.add_argument(
        "--sheets",
        type=Path,
        metavar="DIR",
        help="write a blind sheet of each condition, of up to 20 pictures that the model gets "
        "wrong and no other sheet shows",
    )
    parser.add_argument("--out", type=Path, metavar="FILE.json", help="where to keep the counts")
    parser.add_argument(
        "--work", type=Path, metavar="DIR", help="folder of the build (var/builds/<hash>)"
    )
    add_changes(parser)
    return parser


def _of_exemplars(text: str) -> str:
    if not text.startswith("exemplar."):
        raise argparse.ArgumentTypeError("must change a key of [exemplar], as exemplar.shift=1")
    return text


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
