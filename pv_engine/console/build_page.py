"""The content of a build's page: phases, curves, sample pictures, log."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pv_engine.builds.log import last_messages
from pv_engine.builds.training_records import SamplePicture, loss_curves, sample_pictures
from pv_engine.console.loss_charts import MeasureChart, Row, curve_columns, measure_charts
from pv_engine.errors import RecipeError
from pv_engine.models import Build
from pv_engine.recipe.phases import EVERY, phases_of
from pv_engine.recipe.reading import Recipe, parse_recipe
from pv_engine.runtime.durations import in_words

# What each phase of the engine is called.
PHASES = {
    "data": "Prepare the images",
    "classifier": "Train or load the classifier",
    "select": "Choose the items",
    "exemplars": "Find the exemplars",
    "layout": "Train the layout",
    "decoder": "Train the decoder",
    "autoencoder": "Train the reference",
    "render": "Render the stimuli",
    "quality": "Measure the quality",
    "publish": "Write the stimulus set",
}
# The networks that are trained, by phase.
TRAININGS = {
    "classifier": "Classifier",
    "layout": "Layout",
    "decoder": "Decoder",
    "autoencoder": "Reference autoencoder",
}


@dataclass(frozen=True)
class Curve:
    """One training's charts, and their numbers as the cells of a table."""

    phase: str
    label: str
    charts: list[MeasureChart]
    columns: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Samples:
    """One training's sample pictures: the newest, and the earlier ones in order."""

    phase: str
    label: str
    newest: SamplePicture
    earlier: list[SamplePicture]


def build_context(build: Build) -> dict[str, Any]:
    """Return the parts of a build's page that are the same for every user; two queries."""
    speed, left = build.images_per_second, build.seconds_left
    recipe = recipe_of(build)
    return {
        "build": build,
        "stamp": stamp(build),
        "phase_label": PHASES.get(build.phase, ""),
        "steps": phase_steps(build, recipe),
        # A recipe that breaks a rule by now can only be edited.
        "is_valid": recipe is not None,
        # Both are of the training under way, so they say nothing once the build rests.
        "speed": f"{speed:.3g}" if speed and build.is_active else "",
        "time_left": in_words(left) if left is not None and build.is_active else "",
        "curves": find_curves(build),
        "samples": find_samples(build),
        "log": [(line, PHASES.get(line.phase, "")) for line in last_messages(build)],
    }


def stamp(build: Build) -> str:
    """Return a text that changes whenever the build's page would."""
    parts = (
        build.status,
        build.phase,
        build.phase_done,
        build.permille,
        build.worker,
        build.notice,
    )
    return "/".join(map(str, parts))


def find_curves(build: Build) -> list[Curve]:
    """Return the trainings that have rows, in their order; one query."""
    stored = loss_curves(build)
    return [
        _curve(phase, label, stored[phase]) for phase, label in TRAININGS.items() if phase in stored
    ]


def _curve(phase: str, label: str, rows: Sequence[Row]) -> Curve:
    columns = curve_columns(rows)
    cells = [[f"{row['step']:.0f}", *(_cell(row, name) for name in columns)] for row in rows]
    headings = [name.replace("_", " ") for name in columns]
    return Curve(phase, label, measure_charts(rows), headings, cells)


def _cell(row: Row, name: str) -> str:
    if name not in row:
        return ""
    value = row[name]
    return "not finite" if value is None else f"{value:.4g}"


def find_samples(build: Build) -> list[Samples]:
    """Return the sample pictures of each training, the latest training first."""
    pictures = sample_pictures(build)
    found = []
    for phase, label in reversed(TRAININGS.items()):
        mine = [picture for picture in pictures if picture.phase == phase]
        if mine:
            found.append(Samples(phase, label, mine[-1], mine[:-1]))
    return found


def recipe_of(build: Build) -> Recipe | None:
    """The build's recipe; None where it breaks a rule by now."""
    name, folder = f"{build.recipe_name}.toml", Path(build.recipe_folder)
    try:
        return parse_recipe(build.recipe_toml, name, folder)
    except RecipeError:
        return None


def phase_steps(build: Build, recipe: Recipe | None) -> list[dict[str, str]]:
    """The phases with where the build stands: done, now, or later."""
    names = phases_of(recipe) if recipe else list(EVERY)
    now = names.index(build.phase) if build.phase in names else -1
    if build.status == Build.Status.FINISHED:
        now = len(names)
    elif build.phase_total and build.phase_done >= build.phase_total:
        now += 1  # that phase has finished, and the current segment belongs to the next one
    return [
        {
            "name": name,
            "label": PHASES[name],
            "state": "done" if place < now else "now" if place == now else "later",
        }
        for place, name in enumerate(names)
    ]
