"""Three and more conditions compared together."""

import pandas as pd

from analysis.data.labels import stratum_label, where
from analysis.data.schema import ASKED_STRATA
from analysis.data.scores import conditions_of, scores_of
from analysis.data.study_data import StudyData
from analysis.report.numbers import count, fixed, p_value
from analysis.report.sections.differences.pairs import pair_label
from analysis.report.tables import Table
from analysis.statistics.several_conditions import dunn, kruskal_wallis


def several_sentence(table: Table) -> str:
    """Whether all conditions together differ, in each stratum."""
    rows = table.numbers.drop_duplicates("stratum").to_dict("records")
    n = len(set(table.numbers["condition_a"]) | set(table.numbers["condition_b"]))
    found = [
        f"{where(row['stratum'])}, H({count(row['degrees_of_freedom'])}) = {fixed(row['h'])},"
        f" p = {p_value(row['p_value'])}, ε² = {fixed(row['epsilon_squared'])}"
        for row in rows
    ]
    return f"All {count(n)} conditions together (Kruskal–Wallis): {'; '.join(found)}."


def several_table(study: StudyData) -> Table:
    """Kruskal and Wallis's test of each stratum, then Dunn's of each pair."""
    rows, text, n = [], [], len(conditions_of(study.scores))
    for stratum in ASKED_STRATA:
        groups = {
            name: scores_of(study.scores, name, stratum).to_numpy()
            for name in conditions_of(study.scores)
        }
        overall = kruskal_wallis(groups)
        shown = {
            "H": fixed(overall.statistic),
            "p (H)": p_value(overall.pvalue),
            "ε²": fixed(overall.epsilon_squared),
        }
        for pair in dunn(groups).to_dict("records"):
            rows.append(
                {
                    "stratum": stratum, "h": overall.statistic, "degrees_of_freedom": overall.df,
                    "p_value": overall.pvalue, "epsilon_squared": overall.epsilon_squared,
                    "condition_a": pair["condition_a"], "condition_b": pair["condition_b"],
                    "n_a": len(groups[pair["condition_a"]]),
                    "n_b": len(groups[pair["condition_b"]]),
                    "z": pair["z"], "dunn_p": pair["p_value"], "p_holm": pair["p_holm"],
                }
            )  # fmt: skip
            text.append(
                {
                    "Stratum": stratum_label(stratum),
                    "Pair": pair_label(pair["condition_a"], pair["condition_b"]),
                    "n": ", ".join(
                        count(len(groups[pair[name]])) for name in ("condition_a", "condition_b")
                    ),
                    **shown,
                    "Dunn’s z": fixed(pair["z"]),
                    "p (Holm)": p_value(pair["p_holm"]),
                }
            )
            # One test of all conditions stands once.
            shown = dict.fromkeys(shown, "")
    return Table(
        "table_several",
        "All conditions together: Kruskal–Wallis H, then Dunn’s test of each pair",
        pd.DataFrame(rows),
        pd.DataFrame(text),
        f"H: over all {n} conditions of a stratum, with {n - 1} degrees of freedom. ε²: share of"
        " the variance of ranks that lies between conditions. Dunn’s z: first condition’s mean rank"
        " minus the second’s, two-sided, corrected by Holm’s method for the pairs of a stratum. It"
        " ranks all conditions together, so its p may differ from that of a Mann–Whitney test of"
        " the pair alone. The plan’s tests need no test of all conditions first: their own"
        " correction covers them.",
        text_columns=2,
    )
