"""python -m pv_engine.caption RECIPE.toml PICTURE...: what a network writes, explained by token.

Needs a recipe of a captioning network (`classifier.answers`) of which a build, or pv_engine.train,
has finished the decoder. Prints a line for each token, with the likeliest ones at its place, which
are options for a question, and draws the tokens' perception visualizations beside each other, each
with its token below. Needs no Django.

    python -m pv_engine.caption captions.toml beach.jpg --tokens 6 --out strip.png

With --items, the tokens of one picture or several become the items of a study, in a folder that
`import_stimuli` reads.
"""

import argparse
import json
import sys
from functools import partial
from pathlib import Path

from torch import Tensor

from pv_engine.data.images import load_photograph, load_square
from pv_engine.errors import EngineError, RecipeError
from pv_engine.explain.captions import explain_text
from pv_engine.items.pictures import to_tensor
from pv_engine.networks.families.hugging_face import tokenizer_of
from pv_engine.pipeline.workspace import Workspace
from pv_engine.recipe.arguments import add_changes
from pv_engine.recipe.reading import Places, read_recipe
from pv_engine.runtime.device import choose_device
from pv_engine.stimulus_sets.token_list import LIST, Caption, write_token_items
from pv_engine.stimulus_sets.token_strip import strip


def main(arguments: list[str] | None = None) -> int:
    """Explain and return the exit status: 1 after an error that the user can fix."""
    options = _parser().parse_args(arguments)
    try:
        recipe = read_recipe(options.recipe, options.set).at(
            Places.given(options.data_root, options.weights)
        )
        if not recipe.classifier.answers:
            raise RecipeError(
                f"{options.recipe} names no classifier.answers, so its network writes nothing; "
                "name a recipe of a captioning network."
            )
        work = options.work or recipe.work_folder(Path("var", "builds"))
        workspace = Workspace(recipe, work, choose_device())
        if not workspace.decoder_path.is_file():
            raise RecipeError(
                f"{work} has no finished decoder for {options.recipe}; build its stimuli first, or "
                "name the build's work folder with --work."
            )
        tokenizer = tokenizer_of(recipe.classifier)
        ends = (tokenizer.eos_token_id, tokenizer.sep_token_id)
        captions = [_caption(workspace, path, options.tokens, ends) for path in options.picture]
    except EngineError as error:
        print(f"Error: {error}", file=sys.stderr)  # noqa: T201 - this is a command
        return 1
    for each in (token for caption in captions for token in caption.written):
        shares = {tokenizer.decode([token]): round(share, 4) for token, share in each.options}
        line = {"token": tokenizer.decode([each.token]), "options": shares}
        print(json.dumps(line, ensure_ascii=False))  # noqa: T201
    if options.items:
        # Marks such as the end of the text are no words that a participant could choose.
        decode = partial(tokenizer.decode, skip_special_tokens=True)
        found = write_token_items(options.items, captions, decode)
        print(f"{found} items: {options.items / LIST}", file=sys.stderr)  # noqa: T201
    else:
        written = captions[0].written
        words = [tokenizer.decode([each.token]).strip() for each in written]
        strip([each.picture for each in written], words).save(options.out)
    return 0


def _caption(workspace: Workspace, path: Path, length: int, ends: tuple[int, ...]) -> Caption:
    """What the network writes about a picture; RecipeError if that is nothing."""
    recipe, picture = workspace.recipe, _picture(workspace, path)
    written = explain_text(
        workspace.classifier,
        workspace.decoder,
        picture,
        length,
        lambda token: token in ends,
        method=recipe.rendering.saliency,
        normalisation=recipe.rendering.normalisation,
    )
    if not written:
        raise RecipeError(f"The network writes nothing about {path}.")
    return Caption(picture[0], recipe.classifier.question, written)


def _picture(workspace: Workspace, path: Path) -> Tensor:
    """A photograph as the network sees it, (1, 3, s, s) in [0, 1]."""
    size, transform = workspace.recipe.data.image_size, workspace.transform
    if transform is None:
        found = load_square(path, size)
    else:
        found = load_photograph(path, 2 * transform.resize, transform.network_picture)
    return to_tensor(workspace.view.seen(found))[None].to(workspace.device)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pv_engine.caption",
        description="Explain what a captioning network writes about a picture, token by token.",
    )
    parser.add_argument("recipe", type=Path, metavar="RECIPE.toml")
    parser.add_argument("picture", type=Path, nargs="+", metavar="PICTURE")
    parser.add_argument("--tokens", type=int, default=8, metavar="N", help="at most (8)")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("strip.png"),
        metavar="FILE",
        help="the strip of the first picture's tokens (strip.png)",
    )
    parser.add_argument(
        "--items",
        type=Path,
        metavar="DIR",
        help="write the tokens as items for import_stimuli, instead of a strip",
    )
    parser.add_argument(
        "--work",
        type=Path,
        metavar="DIR",
        help="the work folder of the finished build (var/builds/<hash>)",
    )
    add_changes(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
