"""The cast of the tests of builds: a recipe, a build, a set, a scripted engine."""

from pathlib import Path

import pytest

from pv_engine import tasks
from pv_engine.builds import opening
from pv_engine.models import Build, StimulusSet
from pv_engine.recipe.reading import Recipe, parse_recipe
from tests.pv_engine.scripted_engine import RECIPE, ScriptedEngine


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    return parse_recipe(RECIPE, "tiny.toml", tmp_path)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> ScriptedEngine:
    """Stands where the torch engine does; give it a script."""
    scripted = ScriptedEngine([])
    monkeypatch.setattr(opening, "open_build", lambda build: scripted)
    monkeypatch.setattr(opening, "open_foreground_build", lambda recipe, out: scripted)
    return scripted


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, float]]:
    """The messages (build, claim, countdown) that would have gone to the broker."""
    messages: list[tuple[int, int, float]] = []
    monkeypatch.setattr(
        tasks.advance_build,
        "apply_async",
        lambda args, kwargs, countdown=None: messages.append((*args, countdown or 0)),
    )
    return messages


@pytest.fixture
def build(db: None, recipe: Recipe) -> Build:
    """A build whose first message is on its way."""
    return Build.objects.create(
        recipe_name=recipe.name, recipe_toml=recipe.text, recipe_folder=str(recipe.folder)
    )


@pytest.fixture
def stimulus_set(db: None) -> StimulusSet:
    """Two items and an example, as load_stimulus_set leaves them."""
    made = StimulusSet.objects.create(
        content_sha256="5e" * 32,
        name="tiny",
        manifest={
            "classes": ["boat", "fish"],
            "conditions": ["gradcam", "pv"],
            "classifier": {"architecture": "small_cnn", "quality": {"exact_match": 0.6}},
            "decoder": {"quality": {"mse": 0.0213}},
        },
    )
    for position, (name, stratum) in enumerate(
        [("item-01", "model_wrong"), ("item-02", "model_right"), ("example-1", "model_right")]
    ):
        item = made.items.create(
            name=name,
            is_example=name.startswith("example"),
            position=position,
            stratum=stratum,
            prediction="boat",
            true_labels=["fish"] if stratum == "model_wrong" else ["boat"],
            options=["boat", "fish", "tree", "house"],
        )
        for kind in ("original", "gradcam", "pv"):
            item.stimuli.create(kind=kind, file_name=f"{name}-{kind}.webp")
    return made
