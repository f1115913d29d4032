"""From a recipe to how often a reader names the model's prediction, condition by condition."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pv_engine.errors import RecipeError
from pv_engine.pipeline.data import DataPhase
from pv_engine.pipeline.exemplars import ExemplarPhase
from pv_engine.pipeline.reading.further import FurtherPhase, FurtherWorkspace
from pv_engine.pipeline.reading.zero_shot import ZeroShotPhase
from pv_engine.pipeline.render import RenderPhase
from pv_engine.pipeline.select import SelectPhase
from pv_engine.pipeline.training.autoencoder import AutoencoderTraining
from pv_engine.pipeline.training.classifier import ClassifierTraining
from pv_engine.pipeline.training.phase import TrainingPhase
from pv_engine.pipeline.training.profiles import decoder_trainings
from pv_engine.pipeline.work_folder import claim_folder
from pv_engine.pipeline.workspace import Phase, Workspace
from pv_engine.recipe.reading import Recipe
from pv_engine.recipe.resources import Resources
from pv_engine.runtime.device import choose_device


class ReadingBuild:
    """The phases of a build up to its pictures, for further held-out pictures, and their reading.

    In a build's own folder it trains nothing again; a decoder only where a condition shows it.
    """

    def __init__(
        self,
        recipe: Recipe,
        work_dir: Path,
        most: int,
        rows: str = "all",
        resources: Resources | None = None,
    ) -> None:
        if not recipe.quality.reader:
            raise RecipeError(
                f"The recipe {recipe.name} has no reader; name one as quality.reader."
            )
        claim_folder(recipe, work_dir)
        device, resources = choose_device(), resources or Resources()
        workspace = Workspace(recipe, work_dir, device, resources)
        further = FurtherWorkspace(recipe, work_dir, device, resources, most=most, rows=rows)
        rendering = recipe.rendering
        decoders = decoder_trainings(workspace) if rendering.needs("decoder") else []
        autoencoders = [AutoencoderTraining(workspace)] if rendering.needs("autoencoder") else []
        self.reading = ZeroShotPhase(further)
        self.phases: list[Phase] = [
            DataPhase(workspace),
            TrainingPhase(ClassifierTraining(workspace)),
            SelectPhase(workspace),
            *(TrainingPhase(training) for training in (*decoders, *autoencoders)),
            FurtherPhase(further),
            *([ExemplarPhase(further, recipe.exemplar)] if recipe.exemplar else []),
            RenderPhase(further),
            self.reading,
        ]

    def run(self, seconds: float = 20.0) -> Iterator[str]:
        """Finish, saying after each segment how far it is; an EngineError can be fixed."""
        for phase in self.phases:
            while not phase.is_done:
                progress = phase.advance(seconds)
                percent = 100 * progress.done // max(1, progress.total)
                yield f"{phase.name}, {percent} %: {progress.message}"

    def report(self) -> dict[str, Any]:
        """Who read, and the counts of each kind of stimulus by stratum."""
        report: dict[str, Any] = json.loads(self.reading.result.read_text())
        return report
