"""python -m pv_engine.train RECIPE.toml: train a recipe's networks on one or several GPUs.

Needs torch, torchvision, safetensors, pillow, pydantic and tree-sitter-toml (and timm for its
networks), but no Django:

    python -m pv_engine.train recipes/voc2012.toml
    torchrun --standalone --nproc-per-node 2 -m pv_engine.train recipes/voc2012.toml

After an interruption, the same command continues. `build_stimuli` with the same recipe then uses
the finished networks, unless --work names another folder than the default.
"""

import argparse
import logging
import sys
from pathlib import Path

from pv_engine.errors import EngineError
from pv_engine.pipeline.decoder_build import DecoderBuild
from pv_engine.recipe.arguments import add_changes
from pv_engine.recipe.reading import Places, Recipe, read_recipe
from pv_engine.recipe.resources import Resources
from pv_engine.training.team import Team, leave, team_of_torchrun

SEGMENT_SECONDS = 20.0


def main(arguments: list[str] | None = None) -> int:
    """Train and return the exit status: 1 after an error that the user can fix."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(format="%(levelname)s %(name)s %(message)s")
    try:
        recipe = read_recipe(options.recipe, options.set).at(
            Places.given(options.data_root, options.weights)
        )
        work = options.work or recipe.work_folder(Path("var", "builds"))
        resources = Resources(options.feature_cache_mib, options.compile)
        with team_of_torchrun() as team:
            _train(recipe, work, resources, team, "classifier" if options.classifier_only else "")
    except EngineError as error:
        print(f"Error: {error}", file=sys.stderr)  # noqa: T201 - this is a command
        return 1
    return 0


def _train(recipe: Recipe, work: Path, resources: Resources, team: Team, until: str) -> None:
    with_autoencoder = recipe.rendering.needs("autoencoder")
    build = DecoderBuild(recipe, work, resources, team, with_autoencoder)
    for sentence in build.run(SEGMENT_SECONDS, until):
        if team.leads:
            print(sentence, file=sys.stderr, flush=True)  # noqa: T201
    if team.leads:
        print(work)  # noqa: T201


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pv_engine.train", description="Train the networks of a recipe."
    )
    parser.add_argument("recipe", type=Path, metavar="RECIPE.toml")
    parser.add_argument(
        "--work",
        type=Path,
        metavar="DIR",
        help="folder of checkpoints and weights, shared by all processes (var/builds/<hash>)",
    )
    add_changes(parser)
    parser.add_argument(
        "--feature-cache-mib",
        type=int,
        default=Resources.feature_cache_mib,
        metavar="N",
        help=f"memory or disk for kept features; 0 for none ({Resources.feature_cache_mib})",
    )
    parser.add_argument(
        "--classifier-only", action="store_true", help="train no decoder, as for a reader"
    )
    parser.add_argument("--compile", action="store_true", help="use torch.compile where it works")
    return parser


if __name__ == "__main__":
    leave(main())
