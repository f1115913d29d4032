"""Recomputes the main results of this export from its CSV tables, with pandas and SciPy alone.

    python analysis/reanalyse.py [--results results.json]

prints the accuracies (Table 1) and the Mann-Whitney U test of every pair of conditions. With the
`results.json` that Foresee's build_results wrote, it also compares them, and ends with status 1 if
they differ by more than 1e-9.
"""

import argparse
import json
import sys
from itertools import combinations
from pathlib import Path
from typing import Literal

import pandas as pd
from scipy.stats import mannwhitneyu, norm, rankdata

FOLDER = Path(__file__).resolve().parents[1]
STRATA = ("model_wrong", "model_right", "all")
NOT_ANALYSED = ("withdrawn", "screened_out", "full")
KEYS = ["stratum", "condition_a", "condition_b", "alternative"]
Side = Literal["two-sided", "less", "greater"]
SIDES: tuple[Side, ...] = ("two-sided", "less", "greater")
LARGEST_DIFFERENCE = 1e-9


def table(kind: str) -> pd.DataFrame:
    """Read a table of the export; only empty cells are missing values."""
    [file] = (FOLDER / "data").glob(f"*description-{kind}_data.csv")
    return pd.read_csv(file, keep_default_na=False, na_values=[""], low_memory=False)


def scores() -> pd.DataFrame:
    """Return each participant's share of predictions named, by stratum and over both."""
    people, trials = table("participants"), table("trials")
    finished = people["finished_at"].notna() & ~people["status"].isin(NOT_ANALYSED)
    analysed = set(people.loc[finished, "participant_id"])
    answered = trials[trials["correct"].notna() & trials["participant_id"].isin(analysed)]
    both = pd.concat([answered, answered.assign(stratum="all")])
    shares = both.groupby(["participant_id", "condition", "stratum"])["correct"].agg(
        ["sum", "size"]
    )
    return (shares["sum"] / shares["size"]).rename("accuracy").reset_index()


def table_1(found: pd.DataFrame) -> pd.DataFrame:
    """Return the mean over participants with its standard error, by condition and stratum."""
    made = found.groupby(["condition", "stratum"])["accuracy"].agg(["size", "mean", "sem"])
    made.columns = pd.Index(["n_participants", "mean", "standard_error"])
    order = [
        (condition, stratum)
        for condition in sorted(found["condition"].unique())
        for stratum in STRATA
        if (condition, stratum) in made.index
    ]
    return made.loc[order].reset_index()


def u_tests(found: pd.DataFrame) -> pd.DataFrame:
    """Return the Mann-Whitney tests of every pair of conditions, in all three directions."""
    values = found.groupby(["condition", "stratum"])["accuracy"].apply(list).to_dict()
    rows = []
    for first, second in combinations(sorted(found["condition"].unique()), 2):
        for stratum in STRATA:
            a, b = values.get((first, stratum), []), values.get((second, stratum), [])
            if not a or not b:
                continue
            for side in SIDES:
                u, p = u_test(a, b, side)
                rows.append((stratum, first, second, side, len(a), len(b), u, p))
    columns = [*KEYS, "n_a", "n_b", "u_statistic", "p_value"]
    return pd.DataFrame(rows, columns=columns)


def u_test(a: list[float], b: list[float], side: Side) -> tuple[float, float]:
    """Return U and p: exact for fewer than 50 untied scores each, else the normal approximation.

    The approximation is corrected for ties and continuity, as R's wilcox.test does.
    """
    together = a + b
    tied = len(set(together)) < len(together)
    exact = not tied and max(len(a), len(b)) < 50
    if len(set(together)) == 1:
        return len(a) * len(b) / 2, 1.0
    if exact:
        test = mannwhitneyu(a, b, alternative=side, method="exact")
        return float(test.statistic), float(test.pvalue)
    return normal_approximation(a, b, side)


def normal_approximation(a: list[float], b: list[float], side: Side) -> tuple[float, float]:
    """Return U and its p from the normal distribution."""
    n, m = len(a), len(b)
    ranks = pd.Series(rankdata(a + b))
    u = float(ranks[:n].sum()) - n * (n + 1) / 2
    ties = float((ranks.value_counts() ** 3 - ranks.value_counts()).sum())
    spread = (n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1)))) ** 0.5
    distance = u - n * m / 2
    sign = (distance > 0) - (distance < 0)
    shift = {"two-sided": 0.5 * sign, "less": -0.5, "greater": 0.5}[side]
    z = (distance - shift) / spread
    if side == "two-sided":
        return u, float(2 * min(norm.cdf(z), norm.sf(z)))
    return u, float(norm.cdf(z) if side == "less" else norm.sf(z))


def differences(found: pd.DataFrame, file: Path) -> list[str]:
    """Return every number of results.json that differs, as one line each."""
    results = json.loads(file.read_text(encoding="utf-8"))
    lines = []
    accuracy = table_1(found).set_index(["condition", "stratum"])
    for row in results["accuracy"]:
        key = (row["condition"], row["stratum"])
        for name in ("mean", "standard_error"):
            lines += difference(f"{' '.join(key)}, {name}", accuracy.loc[key, name], row[name])
    default = results["plan"]["method"] == "auto" and results["plan"]["continuity"]
    if not default:
        print("The plan asks for another p than the default: of the tests, only U is compared.")
    values = found.groupby(["condition", "stratum"])["accuracy"].apply(list).to_dict()
    for row in results["tests"]:
        a, b = (values.get((row[name], row["stratum"]), []) for name in KEYS[1:3])
        if not a or not b:
            continue
        u, p = u_test(a, b, row["alternative"])
        where = " ".join(row[name] for name in KEYS)
        lines += difference(f"{where}, U", u, row["u_statistic"])
        lines += difference(f"{where}, p", p, row["p_value"]) if default else []
    return lines


def difference(what: str, here: float, there: float | None) -> list[str]:
    """Return one line if two numbers differ; a missing one is null there and NaN here."""
    missing = there is None and pd.isna(here)
    if missing or (
        there is not None and abs(here - there) <= LARGEST_DIFFERENCE * max(1, abs(there))
    ):
        return []
    return [f"{what}: {here!r} here, {there!r} in the results"]


def main() -> int:
    """Print everything; return the status of the process."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--results", type=Path, help="results.json to compare with")
    options = parser.parse_args()
    found = scores()
    accuracy, tests = table_1(found), u_tests(found)
    with pd.option_context("display.precision", 12, "display.width", 200):
        for made in (accuracy, tests):
            print(made.to_string(index=False) if len(made) else "One condition: no tests.")
            print()
    if options.results is None:
        return 0
    wrong = differences(found, options.results)
    print("\n".join(wrong) if wrong else f"All of these agree with {options.results.name}.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
