"""The published study beside this one, where both compare the same conditions."""

import pandas as pd

from analysis.descriptives import accuracy_table
from analysis.plan import PUBLISHED_DIRECTIONS, Plan, PlannedTest
from analysis.planned_tests import carry_out
from analysis.published import CONDITIONS, PRINTED_ACCURACY, PRINTED_TESTS, PUBLISHED_TESTS
from analysis.rounding import fixed, p_value, plus_minus
from analysis.schema import ASKED_STRATA
from analysis.scores import conditions_of
from analysis.section import Section
from analysis.study_data import StudyData
from analysis.tables import Table
from analysis.wording import condition_label, stratum_label

NOTE = (
    "The published Z and p differ from what the scores released with the paper’s code give by any"
    " usual variant of the test (tie-corrected, without continuity correction: Z = −6.41 and 6.46)."
    " The conclusions are the same."
)


def compares_the_published_conditions(study: StudyData) -> bool:
    """Whether this study has both of the paper's conditions."""
    return set(CONDITIONS) <= set(conditions_of(study.scores))


def original_section(study: StudyData) -> Section:
    """The paper's printed numbers next to this study's."""
    found = accuracy_table(study.scores).set_index(["condition", "stratum"])
    tests = carry_out(study.scores, Plan(_published_tests())).set_index("stratum")
    rows = [
        {
            "Stratum": stratum_label(stratum),
            "Quantity": f"Accuracy ± SE, {condition_label(condition)} (%)",
            "Published": plus_minus(mean / 100, error / 100),
            "This study": plus_minus(*_cell(found, condition, stratum)),
        }
        for condition, stratum, mean, error in PRINTED_ACCURACY.itertuples(index=False)
    ]
    for stratum in ASKED_STRATA:
        z, p = PRINTED_TESTS[stratum]
        test = tests.loc[stratum]
        for quantity, published, ours in (
            ("Mann-Whitney Z", z, fixed(test["z"])),
            ("Mann-Whitney p, one-sided", p, p_value(test["p_value"])),
        ):
            rows.append(
                {
                    "Stratum": stratum_label(stratum),
                    "Quantity": quantity,
                    "Published": published,
                    "This study": ours,
                }
            )
    table = Table(
        "table_original",
        "The perception-visualization study (58 and 40 participants) beside this one",
        _numbers(found, tests),
        pd.DataFrame(rows).sort_values("Stratum", ascending=False, kind="stable"),
        NOTE,
        text_columns=2,
    )
    return Section(title="Beside the published study", tables=[table])


def _published_tests() -> tuple[PlannedTest, ...]:
    return tuple(
        PlannedTest(stratum, *CONDITIONS, alternative=PUBLISHED_DIRECTIONS[stratum])
        for stratum in ASKED_STRATA
    )


def _cell(found: pd.DataFrame, condition: str, stratum: str) -> tuple[float, float]:
    if (condition, stratum) not in found.index:
        return float("nan"), float("nan")
    cell = found.loc[(condition, stratum)]
    return cell["mean"], cell["standard_error"]


def _numbers(found: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for condition, stratum, mean, error in PRINTED_ACCURACY.itertuples(index=False):
        ours = _cell(found, condition, stratum)
        rows.append((stratum, f"mean accuracy, {condition}", mean / 100, ours[0]))
        rows.append((stratum, f"standard error, {condition}", error / 100, ours[1]))
    for stratum in ASKED_STRATA:
        z, p = PUBLISHED_TESTS[stratum]
        rows.append((stratum, "z", z, tests.loc[stratum, "z"]))
        rows.append((stratum, "p_value", p, tests.loc[stratum, "p_value"]))
    return pd.DataFrame(rows, columns=["stratum", "quantity", "published", "this_study"])
