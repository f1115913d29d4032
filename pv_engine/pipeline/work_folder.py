"""Claims the work folder of a build."""

from collections.abc import Iterable
from pathlib import Path

from pv_engine.data.atomic_files import write_atomically
from pv_engine.errors import RecipeError
from pv_engine.recipe.reading import Recipe

# The phases that leave something for a build's stimuli, exemplars apart.
BEFORE_STIMULI = ("data", "classifier", "select", "decoder", "autoencoder")


def claim_folder(recipe: Recipe, work_dir: Path) -> None:
    """Refuse to mix two recipes in one work folder."""
    refuse_negative_seed(recipe)
    mark = work_dir / "recipe.sha256"
    if not mark.is_file():
        write_atomically(mark, recipe.build_key.encode())
    elif mark.read_text() not in (recipe.build_key, recipe.earlier_build_key):
        raise RecipeError(
            f"The folder {work_dir} holds a build of another recipe; name an empty folder."
        )


def lend(work_dir: Path, names: Iterable[str], folder: Path) -> None:
    """Link what a build's phases left, by the phases' names, into another work folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        link = folder / name
        if (work_dir / name).is_dir() and not link.exists():
            link.symlink_to((work_dir / name).resolve())


def refuse_negative_seed(recipe: Recipe) -> None:
    """Raise RecipeError for a seed from which nothing can be drawn."""
    if recipe.seed < 0:
        raise RecipeError(f"seed must be at least 0, but is {recipe.seed}.")
