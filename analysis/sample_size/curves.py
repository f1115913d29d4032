"""Simulated power curves beside each other: as one frame, and in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.report.numbers import count
from analysis.sample_size.analyses import ANALYSES, MANN_WHITNEY
from analysis.sample_size.ceilings import MOST_IMAGES
from analysis.sample_size.power import NOT_FITTED, PowerQuestion, SamplePlan

THESE_IMAGES = (
    "Where images differ between the conditions, the Mann–Whitney test also finds what only the"
    " images of one study show: without any difference it errs more often than its level says, so"
    " its higher power is no reason to prefer it for a statement on images like these."
)


@dataclass(frozen=True)
class PlannedCurve:
    """One question, the number of studies simulated for each size, and the plan."""

    question: PowerQuestion
    simulations: int
    plan: SamplePlan

    @property
    def label(self) -> str:
        """The analysis and, where they are drawn, the number of images."""
        images, title = self.question.images, self.question.kind.title
        return f"{title}, {images.n_items} images" if images else title

    @property
    def sentence(self) -> str:
        """How many participants are enough, or why none are."""
        if self.question.images is None:
            return self._answer
        answer = f"{self.label[0].upper()}{self.label[1:]}: {self._answer}"
        ceiling = self.plan.ceiling
        if ceiling is not None and ceiling >= self.question.wanted and ceiling < 1:
            answer += f" More participants cannot raise its power above about {ceiling:.2f}."
        return answer

    @property
    def _answer(self) -> str:
        plan, wanted = self.plan, self.question.wanted
        if plan.n_finished is not None:
            return (
                f"{plan.n_finished} finished participants per condition are enough; recruit"
                f" {plan.n_recruited} per condition."
            )
        if plan.ceiling is None or plan.ceiling >= wanted:
            return (
                f"No simulated size reaches a power of {wanted:g}; simulate larger sizes with"
                " --sizes."
            )
        needed = (
            f"at least {plan.least_images} images are needed"
            if plan.least_images
            else f"{count(MOST_IMAGES)} images do not suffice either"
        )
        return (
            f"No number of participants reaches a power of {wanted:g}, since it stays below about"
            f" {plan.ceiling:.2f} with these images; {needed}."
        )


def sentences(curves: Sequence[PlannedCurve]) -> list[str]:
    """Return each curve's answer, the level, and what the powers do not mean."""
    question = curves[0].question
    said = [curve.sentence for curve in curves]
    said[-1] += (
        f" (p below {question.level:.3g}: α = {question.alpha:g} for {question.tests} tests"
        " together.)"
    )
    return [*said, *([THESE_IMAGES] if has_rank_test_of_differing_images(curves) else [])]


def has_rank_test_of_differing_images(curves: Sequence[PlannedCurve]) -> bool:
    """Whether a power is that of a test which does not see how images differ."""
    return any(
        curve.question.analysis == MANN_WHITNEY
        and curve.question.images is not None
        and curve.question.images.item_condition_sd > 0
        for curve in curves
    )


def frame_of(curves: Sequence[PlannedCurve]) -> pd.DataFrame:
    """Return all curves, a row for each size, with analysis, n_items, simulations and ceiling."""
    parts = []
    for curve in curves:
        question, plan = curve.question, curve.plan
        part = plan.curve.assign(simulations=curve.simulations)
        part.insert(0, "analysis", question.analysis)
        part.insert(1, "n_items", question.images.n_items if question.images else None)
        part["ceiling"] = float("nan") if plan.ceiling is None else plan.ceiling
        part[NOT_FITTED] = plan.curve.get(NOT_FITTED, 0.0)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def title_of(analysis: str) -> str:
    """The analysis as it begins a cell."""
    title = ANALYSES[analysis].title
    return title[0].upper() + title[1:]
