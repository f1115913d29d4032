"""Opens the engine on a recipe in its working folder, for a stored build or for a command.

The engine of this process's last segment is kept, so that the next one finds networks, pictures and
features in memory. All results are on disk in any case.
"""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from pv_engine.builds.training_records import build_folder
from pv_engine.models import Build
from pv_engine.recipe.reading import Recipe, parse_recipe
from pv_engine.recipe.resources import Resources

if TYPE_CHECKING:  # the engine imports torch, which the web process must not
    from pv_engine.pipeline.stimulus_build import StimulusBuild

_kept: dict[tuple[int, datetime, int], "StimulusBuild"] = {}


def output_folder() -> Path:
    """Return the default folder of finished stimulus folders."""
    return Path(settings.BUILDS_DIR) / "stimuli"


def open_build(build: Build) -> "StimulusBuild":
    recipe = parse_recipe(build.recipe_toml, f"{build.recipe_name}.toml", Path(build.recipe_folder))
    from pv_engine.pipeline.stimulus_build import StimulusBuild

    return StimulusBuild(recipe, build_folder(build), output_folder(), _resources())


def open_foreground_build(recipe: Recipe, out: Path) -> "StimulusBuild":
    """Open the engine without a row in the database; the same recipe reuses its checkpoints."""
    from pv_engine.pipeline.stimulus_build import StimulusBuild

    work = recipe.work_folder(Path(settings.BUILDS_DIR))
    return StimulusBuild(recipe, work, out, _resources())


def check_recipe(recipe: Recipe) -> list[str]:
    """Check whatever would stop a build later and can be known now; return notes for the user.

    RecipeError with all problems. Nothing is written.
    """
    from pv_engine.pipeline.checks import Checks
    from pv_engine.pipeline.workspace import Workspace
    from pv_engine.runtime.device import choose_device

    work = recipe.work_folder(Path(settings.BUILDS_DIR))
    return Checks(Workspace(recipe, work, choose_device(), _resources())).run()


def _resources() -> Resources:
    return Resources(settings.FEATURE_CACHE_MIB, settings.COMPILE_NETWORKS, settings.VERSION)


def keep_engine(build: Build, engine: "StimulusBuild") -> None:
    _kept[build.pk, build.created_at, build.claim] = engine


def take_engine(build: Build) -> "StimulusBuild | None":
    """Return the engine of the previous segment if this process did that one."""
    engine = _kept.get((build.pk, build.created_at, build.claim - 1))
    _kept.clear()
    return engine


def forget_engine() -> None:
    """Free the kept engine's memory before another one is opened."""
    _kept.clear()
