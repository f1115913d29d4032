"""Measures the decoder beside its baselines, and lets a reader read the stimuli."""

import json
import shutil
from pathlib import Path
from typing import Any, Protocol

from pv_engine.data.atomic_files import write_atomically
from pv_engine.pipeline.quality.baselines import Fitting
from pv_engine.pipeline.quality.displayed import MeasuringDisplayed
from pv_engine.pipeline.quality.exemplars import Agreeing
from pv_engine.pipeline.quality.legibility import Reading
from pv_engine.pipeline.quality.reconstructions import Measuring
from pv_engine.pipeline.workspace import PhaseProgress, Segment, Workspace


def quality_path(workspace: Workspace) -> Path:
    """Where the measures of a build lie, for its manifest."""
    return workspace.folder / "quality" / "quality.json"


def merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Two reports as one; tables that both have are merged in turn."""
    both = first.keys() & second.keys()
    return {**first, **second, **{key: merged(first[key], second[key]) for key in both}}


class QualityPart(Protocol):
    """A part of the measuring, in pictures."""

    total: int

    @property
    def done(self) -> int: ...

    def run(self, segment: Segment) -> None:
        """Go on until all pictures are done or the segment is over; what was done is on disk."""
        ...


class QualityPhase:
    """Fits the baselines, measures all decoders on held-out pictures, then reads the stimuli."""

    name = "quality"

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    @property
    def is_done(self) -> bool:
        return self._is_of_this_recipe and quality_path(self.workspace).is_file()

    @property
    def _mark(self) -> Path:
        return quality_path(self.workspace).with_name("recipe.sha256")

    @property
    def _is_of_this_recipe(self) -> bool:
        """Whether what lies there was measured by this [quality]; earlier versions left no mark."""
        key = self.workspace.recipe.quality_key
        return not self._mark.is_file() or self._mark.read_text() == key

    def _begin(self) -> None:
        """Leave a mark of [quality]; what was measured by another one is removed first."""
        if not self._is_of_this_recipe:
            shutil.rmtree(self._mark.parent)
        if not self._mark.is_file():
            write_atomically(self._mark, self.workspace.recipe.quality_key.encode())

    def advance(self, seconds: float) -> PhaseProgress:
        """Measure for about `seconds`; what none of it changes is the stimuli."""
        segment = Segment(seconds)
        self._begin()
        fitting, measuring = Fitting(self.workspace), Measuring(self.workspace)
        displayed = MeasuringDisplayed(measuring)
        reading = Reading(self.workspace) if self.workspace.recipe.quality.reader else None
        exemplar = self.workspace.recipe.exemplar
        agreeing = Agreeing(self.workspace, exemplar) if exemplar else None
        steps: list[QualityPart] = [fitting, measuring, displayed]
        steps += [step for step in (agreeing, reading) if step]
        for step in steps:
            step.run(segment)
            if step.done < step.total:
                break
        done, total = sum(step.done for step in steps), sum(step.total for step in steps)
        if done == total:
            report = {"decoder": merged(measuring.report(), displayed.report())}
            if agreeing:
                report["exemplars"] = agreeing.report()
            if reading:
                report["legibility"] = reading.report()
            write_atomically(quality_path(self.workspace), json.dumps(report).encode())
        return PhaseProgress(done, total, f"{done} of {total} pictures")
