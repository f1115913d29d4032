"""The mixed model: what applies to participants and images like these."""

from typing import Any

import pandas as pd

from analysis.data.labels import INTERACTION, stratum_label
from analysis.data.schema import ALL, MODEL_WRONG
from analysis.data.study_data import StudyData
from analysis.report.numbers import count, fixed, interval, p_value, percent, percent_interval
from analysis.report.section import Section
from analysis.report.sections.differences.pairs import pair_label
from analysis.report.tables import Table
from analysis.statistics.answers.retest import further_answers
from analysis.statistics.mixed.covariances import PERSON_BY_CONDITION
from analysis.statistics.mixed.effects import ConditionContrast
from analysis.statistics.mixed.model import MixedModel, mixed_model

MEANING = (
    "A test over participants says what other participants would do with these images. The logistic"
    " mixed model takes the images as a sample too: participants, images, and how much an image"
    " changes the difference between conditions vary at random. Its intervals therefore concern"
    " participants and images like these."
)
BLOCKS = (
    "Blocks are no terms of the model: practice from block to block, which all conditions share, is"
    " left in the variation of answers."
)
REPEATED = (
    "{further} of {all} answers are a participant’s further answers to an image. All of them count,"
    " here and in the tests; the first has no precedence. The model has no effect of a participant"
    " at an image: where such answers resemble each other, its intervals are too short for images"
    " repeated in one condition, and too long for those seen in both."
)
ABILITIES = (
    " Each participant has one ability where the model was wrong and another where it was right;"
    " the two may go together, or against each other."
)
SEVERAL = (
    " Participants who saw several conditions may differ in what a condition changes for them"
    " (participants by condition)."
)
NAMES = {
    "participant": "Participants",
    "participant:condition": "Participants by condition",
    "item": "Images",
    "item:condition": "Images by condition",
}


def mixed_model_section(study: StudyData, trials: pd.DataFrame) -> Section:
    """Estimates of the mixed model and its variances."""
    try:
        model = mixed_model(trials)
    except ValueError as error:
        reason = f"The mixed model was not fitted: {error}."
        numbers = {"mixed_model": {"fitted": False, "reason": reason}}
        return Section(title=_TITLE, paragraphs=[MEANING, reason], numbers=numbers)
    notes = _of_blocks(trials, model.n_answers) if study.design.has_blocks else []
    return Section(
        title=_TITLE,
        paragraphs=[MEANING, *notes, *model.remarks],
        tables=[_effect_table(model), _variance_table(model)],
        numbers={"mixed_model": _numbers(model)},
    )


def _of_blocks(trials: pd.DataFrame, n_answers: int) -> list[str]:
    """What the model leaves out of a study in blocks, which may ask about an image again."""
    further = further_answers(trials)
    said = REPEATED.format(further=count(further), all=count(n_answers))
    return [BLOCKS, *([said] if further else [])]


_TITLE = "Participants and images both as samples: mixed model (exploratory)"


def _row(found: ConditionContrast) -> dict[str, Any]:
    return {
        "stratum": found.stratum,
        "condition_a": found.condition_a, "condition_b": found.condition_b,
        "odds_ratio": found.odds_ratio.estimate,
        "odds_ratio_ci_low": found.odds_ratio.ci_low,
        "odds_ratio_ci_high": found.odds_ratio.ci_high,
        "points": found.points.estimate,
        "points_ci_low": found.points.ci_low, "points_ci_high": found.points.ci_high,
        "p_value": found.pvalue, "df": found.df,
    }  # fmt: skip


def _numbers(model: MixedModel) -> dict[str, Any]:
    return {
        "fitted": True,
        "formula": model.formula,
        "converged": model.converged,
        "log_likelihood": model.log_likelihood,
        "n_participants": model.n_participants,
        "n_items": model.n_items,
        "n_answers": model.n_answers,
        "fixed": model.fixed.to_dict("records"),
        "variances": model.variances.to_dict("records"),
        "correlations": model.correlations.to_dict("records"),
        "effects": [_row(found) for found in model.effects],
        "interactions": [_row(found) for found in model.interactions],
        "remarks": model.remarks,
    }


def _effect_table(model: MixedModel) -> Table:
    kinds = [(stratum_label(found.stratum), found) for found in _wrong_first(model)]
    kinds += [(INTERACTION, found) for found in model.interactions]
    rows = [
        {"effect": "interaction" if label == INTERACTION else "condition", **_row(found)}
        for label, found in kinds
    ]
    text = [
        {
            "Stratum": label,
            "Difference": pair_label(found.condition_a, found.condition_b),
            "Points (95 % CI)": f"{percent(found.points.estimate)}"
            f" ({percent_interval(found.points.ci_low, found.points.ci_high)})",
            "Odds ratio (95 % CI)": f"{fixed(found.odds_ratio.estimate)}"
            f" ({interval(found.odds_ratio.ci_low, found.odds_ratio.ci_high)})",
            "p": p_value(found.pvalue),
        }
        for label, found in kinds
    ]
    return Table(
        "table_mixed_model",
        "Differences between conditions for participants and images like these (mixed model)",
        pd.DataFrame(rows),
        pd.DataFrame(text),
        f"{model.formula}: maximum likelihood by Laplace’s approximation, {count(model.n_answers)}"
        f" answers of {count(model.n_participants)} participants to {count(model.n_items)} images."
        " Points: difference in percentage points of the chances to name the prediction, averaged"
        " over the random effects. Odds ratio: for an average participant and image. Wrong minus"
        " right, the interaction: the difference where the model was wrong minus that where it was"
        " right, as difference of points and ratio of odds ratios. p: two-sided, of the odds ratio,"
        " not corrected for its number. Intervals and p are Student’s: their degrees of freedom"
        " (Satterthwaite) and errors account for how well so few images and participants show how"
        " much they vary. The head of the report does not use one that is shorter than that for"
        f" these images alone.{ABILITIES if len(model.correlations) else ''}"
        f"{SEVERAL if PERSON_BY_CONDITION in set(model.variances['effect']) else ''}",
        text_columns=2,
    )


def _wrong_first(model: MixedModel) -> list[ConditionContrast]:
    return sorted(model.effects, key=lambda found: found.stratum != MODEL_WRONG)


def _variance_table(model: MixedModel) -> Table:
    numbers = model.variances.assign(correlation=float("nan"))
    for row in model.correlations.to_dict("records"):
        own = (numbers["effect"] == row["effect"]) & (numbers["stratum"] == row["stratum_b"])
        numbers.loc[own, "correlation"] = row["correlation"]
    text = [
        {
            "Random effect": NAMES[row["effect"]],
            "Stratum": stratum_label(row["stratum"] or ALL),
            "Standard deviation": fixed(row["standard_deviation"]),
            "Correlation": fixed(row["correlation"]),
        }
        for row in numbers.to_dict("records")
    ]
    shown = pd.DataFrame(text)
    return Table(
        "table_mixed_variances",
        "How much participants and images vary (mixed model)",
        numbers,
        shown if len(model.correlations) else shown.drop(columns=["Stratum", "Correlation"]),
        "Of the log odds of naming the prediction; 0.00 is the smallest possible value."
        + (" Correlation: with that of the stratum above." if len(model.correlations) else ""),
        text_columns=2 if len(model.correlations) else 1,
    )
