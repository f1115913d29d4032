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

NO_DIFFERENCE = {
    "two-sided": (
        "The assumed means are equal: the shares above are how often a difference is found that"
        " does not exist, and no number of participants is enough."
    ),
    "less": (
        "The first assumed mean is not smaller than the second, so no number of participants is"
        " enough for the alternative less."
    ),
    "greater": (
        "The first assumed mean is not larger than the second, so no number of participants is"
        " enough for the alternative greater."
    ),
}


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
        if ceiling is not None and self.question.wanted <= ceiling < 0.995:
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
        if not self.question.has_difference:
            return NO_DIFFERENCE[self.question.alternative]
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
    shared = f": α = {question.alpha:g} for {question.tests} tests together"
    level = (
        f"A difference counts as found if p is below {question.level:.3g}"
        f"{shared if question.tests > 1 else ''}."
    )
    warning = [THESE_IMAGES] if has_rank_test_of_differing_images(curves) else []
    return [*(curve.sentence for curve in curves), level, *warning]


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
