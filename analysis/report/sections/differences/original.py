"""This study compared with the published one, where both compare the same conditions."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from analysis.data.labels import capital, condition_label, stratum_label, where
from analysis.data.published import (
    CITATION,
    CONDITIONS,
    N_PARTICIPANTS,
    PRINTED_ACCURACY,
    PRINTED_TESTS,
    PUBLISHED_TESTS,
    are_published,
)
from analysis.data.schema import ASKED_STRATA, Row, rows_by
from analysis.data.scores import conditions_of, scores_of
from analysis.data.study_data import StudyData
from analysis.plan.execution import run_tests
from analysis.plan.plan import PUBLISHED_DIRECTIONS, Plan, PlannedTest
from analysis.report.figures.plots import original_dots
from analysis.report.numbers import (
    DASH,
    count,
    fixed,
    p_value,
    percent,
    percent_interval,
    plus_minus,
)
from analysis.report.section import Illustration, Section
from analysis.report.tables import Table
from analysis.statistics.choices.shares import share_interval
from analysis.statistics.means.mean_tests import mean_difference, within_shares

PUBLISHED, OURS = "Published", "This study"
MEAN_COLUMNS = (
    "study",
    "condition",
    "stratum",
    "n_participants",
    "mean",
    "standard_error",
    "ci_low",
    "ci_high",
)
DIFFERENCE_COLUMNS = ("study", "stratum", "n_a", "n_b", "difference", "ci_low", "ci_high")
NOTE = (
    "SE: standard error. Intervals of differences: Welch’s; the published ones are computed from"
    " the printed means and standard errors. Published Z and p are as printed; the scores released"
    " with the paper’s code give other values by every usual variant of the test (Z = −6.41 and"
    " 6.46 with the correction for ties, −6.30 and 6.26 without it, both without continuity"
    " correction), but the same conclusions."
)

OWN = (
    f"These are the scores of the published study itself ({CITATION}). The table compares what the"
    " paper printed with what its scores give."
)
CIRCULAR = (
    "Simulated participants may draw their scores from the published ones, as they do by default:"
    " that they agree with them shows nothing."
)


def compares_the_published_conditions(study: StudyData) -> bool:
    """Whether this study has both of the paper's conditions."""
    return set(CONDITIONS) <= set(conditions_of(study.scores))


def original_section(study: StudyData, accuracy: pd.DataFrame) -> Section:
    """The paper's printed numbers next to this study's."""
    if are_published(accuracy):
        return _own_section(study, accuracy)
    means = original_means(accuracy)
    differences = original_differences(study)
    tests = run_tests(study.scores, Plan(_published_tests()))
    table = _table(means, differences, tests)
    caption = (
        "Mean accuracies of the published study (n = 58 with Grad-CAM, 40 with PV) and of this one,"
        " with 95 % intervals."
    )
    sentences = [f"The published study: {CITATION}.", *_sentences(differences)]
    if study.n_simulated:
        sentences.append(CIRCULAR)
    figure = original_dots(means)
    illustration = Illustration(
        "figure_original", caption, f"{caption} {' '.join(sentences)}", figure
    )
    return Section(
        title="Comparison with the published study (exploratory)",
        paragraphs=sentences,
        tables=[table],
        figures=[illustration],
        numbers={"original": table.numbers.to_dict("records")},
    )


def _table(means: pd.DataFrame, differences: pd.DataFrame, tests: pd.DataFrame) -> Table:
    return Table(
        "table_original",
        "The published perception-visualization study and this one",
        _numbers(means, differences, tests),
        pd.DataFrame([*_mean_rows(means), *_difference_rows(differences), *_test_rows(tests)])
        .sort_values("Stratum", ascending=False, kind="stable")
        .reset_index(drop=True),
        f"{NOTE} {_method(tests)}",
        text_columns=2,
    )


def _own_section(study: StudyData, accuracy: pd.DataFrame) -> Section:
    """What the paper printed, and what its own scores give: no comparison of two studies."""
    tests = run_tests(study.scores, Plan(_published_tests()))
    table = _table(original_means(accuracy), original_differences(study), tests)
    renamed = table.text.rename(columns={PUBLISHED: "Printed", OURS: "From the scores"})
    own = replace(
        table,
        caption="What the perception-visualization study printed, and what its scores give",
        text=renamed,
        note=table.note.replace("This study’s tests:", "From the scores:"),
    )
    return Section(
        title="These are the published scores",
        paragraphs=[OWN],
        tables=[own],
        numbers={"original": own.numbers.to_dict("records")},
    )


def _method(tests: pd.DataFrame) -> str:
    found = "; ".join(sorted(set(tests["method"]))).replace("Mann-Whitney", "Mann–Whitney")
    return f"This study’s tests: {found}; p-values are not corrected for their number."


def original_means(accuracy: pd.DataFrame) -> pd.DataFrame:
    """Mean accuracies of both studies, columns `MEAN_COLUMNS`, proportions.

    The published ones come from the paper's printed means and standard errors.
    """
    found = rows_by(accuracy, "condition", "stratum")
    rows: list[tuple[object, ...]] = []
    for condition, stratum, mean, error in PRINTED_ACCURACY.itertuples(index=False):
        n = N_PARTICIPANTS[condition]
        ends = share_interval(mean / 100, error / 100 * math.sqrt(n), n)
        rows.append((PUBLISHED, condition, stratum, n, mean / 100, error / 100, *ends))
        if cell := found.get((condition, stratum)):
            rows.append((OURS, condition, stratum, *(cell[name] for name in MEAN_COLUMNS[3:])))
    return pd.DataFrame(rows, columns=list(MEAN_COLUMNS))


def original_differences(study: StudyData) -> pd.DataFrame:
    """Mean difference of the two conditions in both studies, Welch's 95 % intervals, proportions.

    The published one comes from the printed means and standard errors.
    """
    printed = rows_by(PRINTED_ACCURACY, "condition", "stratum")
    rows = []
    for stratum in ASKED_STRATA:
        cells = [printed[name, stratum] for name in CONDITIONS]
        estimate = float(cells[0]["mean"] - cells[1]["mean"]) / 100
        parts = [float(cell["standard_error"] / 100) ** 2 for cell in cells]
        below = sum(
            part**2 / (N_PARTICIPANTS[name] - 1)
            for part, name in zip(parts, CONDITIONS, strict=True)
        )
        half = float(stats.t.ppf(0.975, sum(parts) ** 2 / below)) * float(np.sqrt(sum(parts)))
        sizes = [N_PARTICIPANTS[name] for name in CONDITIONS]
        rows.append((PUBLISHED, stratum, *sizes, estimate, estimate - half, estimate + half))
        a, b = (scores_of(study.scores, name, stratum).to_numpy() for name in CONDITIONS)
        ours = within_shares(mean_difference(a, b))
        sizes = [int(np.isfinite(own).sum()) for own in (a, b)]
        rows.append((OURS, stratum, *sizes, ours.estimate, ours.ci_low, ours.ci_high))
    return pd.DataFrame(rows, columns=list(DIFFERENCE_COLUMNS))


def _sentences(differences: pd.DataFrame) -> list[str]:
    """Whether each difference has the original's direction, and the size of both."""
    sentences = []
    for stratum, part in differences.groupby("stratum", sort=False):
        original, ours = part.to_dict("records")
        if math.isnan(ours["difference"]):
            sentences.append(
                f"{capital(where(str(stratum)))}, this study has too few answers to compare."
            )
            continue
        same = np.sign(original["difference"]) == np.sign(ours["difference"])
        verdict = "in the same direction as" if same else "not in the direction of"
        sentences.append(
            f"{capital(where(str(stratum)))}, the difference {_pair()} is"
            f" {percent(ours['difference'])} percentage points (95 % CI"
            f" {percent_interval(ours['ci_low'], ours['ci_high'])}; {_sizes(ours)}), {verdict} the"
            f" published {percent(original['difference'])} (95 % CI"
            f" {percent_interval(original['ci_low'], original['ci_high'])}; {_sizes(original)})."
        )
    return sentences


def _sizes(row: Row) -> str:
    return f"n = {count(row['n_a'])} and {count(row['n_b'])}"


def _pair() -> str:
    return " − ".join(condition_label(name) for name in CONDITIONS)


def _row(stratum: str, quantity: str, published: str, ours: str) -> dict[str, str]:
    return {
        "Stratum": stratum_label(stratum),
        "Quantity": quantity,
        "Published": published,
        "This study": ours,
    }


def _mean_rows(means: pd.DataFrame) -> list[dict[str, str]]:
    cells = {
        key: f"{plus_minus(row['mean'].item(), row['standard_error'].item())}"
        f" (n = {count(row['n_participants'].item())})"
        for key, row in means.groupby(["study", "condition", "stratum"])
    }
    return [
        _row(
            stratum,
            f"Accuracy ± SE, {condition_label(condition)} (%)",
            *(cells.get((study, condition, stratum), DASH) for study in (PUBLISHED, OURS)),
        )
        for condition, stratum in PRINTED_ACCURACY[["condition", "stratum"]].itertuples(index=False)
    ]


def _difference_rows(differences: pd.DataFrame) -> list[dict[str, str]]:
    rows = []
    for stratum, part in differences.groupby("stratum", sort=False):
        cells = [
            f"{percent(row['difference'])} ({percent_interval(row['ci_low'], row['ci_high'])})"
            for row in part.to_dict("records")
        ]
        rows.append(_row(str(stratum), f"{_pair()}, points (95 % CI)", *cells))
    return rows


def _test_rows(tests: pd.DataFrame) -> list[dict[str, str]]:
    rows, found = [], rows_by(tests, "stratum")
    for stratum in ASKED_STRATA:
        z, p = PRINTED_TESTS[stratum]
        test = found[(stratum,)]
        rows.append(_row(stratum, "Mann–Whitney Z", z, fixed(test["z"])))
        rows.append(_row(stratum, "Mann–Whitney p, one-sided", p, p_value(test["p_value"])))
    return rows


def _published_tests() -> tuple[PlannedTest, ...]:
    return tuple(
        PlannedTest(stratum, *CONDITIONS, alternative=PUBLISHED_DIRECTIONS[stratum])
        for stratum in ASKED_STRATA
    )


def _numbers(means: pd.DataFrame, differences: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    """Every number of the table in full, one row per quantity."""
    rows, found = [], rows_by(tests, "stratum")
    for (stratum, condition), part in means.groupby(["stratum", "condition"], sort=False):
        by_study = part.set_index("study").reindex([PUBLISHED, OURS])
        for quantity, label in (("mean", "mean accuracy"), ("standard_error", "standard error")):
            rows.append((stratum, f"{label}, {condition}", *by_study[quantity]))
    for stratum, part in differences.groupby("stratum", sort=False):
        by_study = part.set_index("study").loc[[PUBLISHED, OURS]]
        for quantity in ("difference", "ci_low", "ci_high"):
            name = "difference" if quantity == "difference" else f"difference, {quantity}"
            rows.append((stratum, name, *by_study[quantity]))
    for stratum in ASKED_STRATA:
        z, p = PUBLISHED_TESTS[stratum]
        test = found[(stratum,)]
        rows.append((stratum, "z", z, test["z"]))
        rows.append((stratum, "p_value", p, test["p_value"]))
    return pd.DataFrame(rows, columns=["stratum", "quantity", "published", "this_study"])
