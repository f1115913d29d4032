"""Accuracy on each image, and agreement between participants."""

import pandas as pd

from analysis.data.labels import condition_label, listed, stratum_label, where
from analysis.data.schema import ASKED_STRATA
from analysis.data.scores import conditions_of
from analysis.data.study_data import StudyData
from analysis.report.figures.plots import item_dots
from analysis.report.numbers import DASH, count, fixed, interval, percent, percent_interval
from analysis.report.section import Illustration, Section
from analysis.report.tables import Table
from analysis.statistics.answers.items import item_table
from analysis.statistics.answers.reliability import agreement


def images_section(study: StudyData, trials: pd.DataFrame) -> Section:
    """Accuracy on each image, and Krippendorff's alpha."""
    items = item_table(trials)
    caption = (
        "Share of participants who named the model’s prediction, image by image (Wilson’s 95 %"
        " intervals)."
    )
    tables = [_agreement_table(study, trials), _item_text(study, items)]
    return Section(
        title="Images (exploratory)",
        paragraphs=[_hardest(items)],
        tables=tables,
        figures=[
            Illustration(
                "figure_items", caption, f"{caption} The table has the numbers.", item_dots(items)
            )
        ],
        numbers={
            table.name.removeprefix("table_"): table.numbers.to_dict("records") for table in tables
        },
    )


def _hardest(items: pd.DataFrame) -> str:
    """The images of each stratum with the lowest and the highest accuracy, over all conditions."""
    sums = items.assign(right=items["accuracy"] * items["n_participants"])
    totals = sums.groupby(["stratum", "item"], sort=False)[["right", "n_participants"]].sum()
    shares = totals["right"] / totals["n_participants"]
    parts = []
    for stratum in ASKED_STRATA:
        if stratum in shares.index.get_level_values(0):
            own, n = shares[stratum], totals["n_participants"][stratum]
            ends = [(name, own[name], int(n[name])) for name in (own.idxmin(), own.idxmax())]
            parts.append(_range(stratum, ends))
    said = listed(parts)
    if all(part.startswith("ranged ") for part in parts):
        said = said.replace(" and ranged ", " and ")
    return f"Over all conditions, the share of participants who named an image’s prediction {said}."


def _range(stratum: str, ends: list[tuple[str, float, int]]) -> str:
    """From the lowest to the highest of a stratum, unless all are equal."""
    (_, low, _), (_, high, _) = ends
    if low == high:
        return f"was {percent(low)} % for each image {where(stratum)}"
    span = " to ".join(f"{percent(s)} % ({name}, n = {count(k)})" for name, s, k in ends)
    return f"ranged {where(stratum)} from {span}"


def _agreement_table(study: StudyData, trials: pd.DataFrame) -> Table:
    rows, text = [], []
    for stratum in ASKED_STRATA:
        for condition in conditions_of(study.scores):
            part = trials[(trials["condition"] == condition) & (trials["stratum"] == stratum)]
            alpha = agreement(part)
            answered = part[part["response"].notna()]
            n, n_items = (int(answered[name].nunique()) for name in ("participant_id", "item"))
            rows.append(
                {"stratum": stratum, "condition": condition, "n_participants": n,
                 "n_items": n_items, "alpha": alpha.estimate,
                 "ci_low": alpha.ci_low, "ci_high": alpha.ci_high}
            )  # fmt: skip
            text.append(
                {
                    "Stratum": stratum_label(stratum),
                    "Condition": condition_label(condition),
                    "n": count(n),
                    "Images": count(n_items),
                    "α": fixed(alpha.estimate),
                    "95 % CI": interval(alpha.ci_low, alpha.ci_high),
                }
            )
    return Table(
        "table_agreement",
        "Agreement between participants: Krippendorff’s α of their answers",
        pd.DataFrame(rows),
        pd.DataFrame(text),
        "Nominal α, with “I just can’t tell” as an answer. 1: all agree; 0: no more than by chance."
        " Interval: Student’s, from the jackknife over images on Fisher’s z. n: participants.",
        text_columns=2,
    )


def _item_text(study: StudyData, items: pd.DataFrame) -> Table:
    conditions = sorted(items["condition"].unique())
    heads = {name: _head(items, name) for name in conditions}
    text = []
    for (stratum, item), part in items.groupby(["stratum", "item"], sort=False):
        first = part.iloc[0]
        row = {
            "Image": str(item),
            "Stratum": stratum_label(str(stratum)),
            "Prediction": str(first["prediction"]),
            "True labels": str(first["true_labels"]).replace(";", ", "),
        }
        for condition in conditions:
            cell = part[part["condition"] == condition]
            row[heads[condition]] = _share(cell.iloc[0]) if len(cell) else DASH
        text.append(row)
    return Table(
        "table_items",
        "Share of participants who named the prediction of each image",
        items,
        pd.DataFrame(text),
        "Percent with Wilson’s intervals, whose coverage is 95 % on average over images. n:"
        " participants who saw the image. The CSV file also has the shares of true labels and of “I"
        " just can’t tell”.",
        text_columns=4,
        pictures=study.pictures,
    )


def _share(cell: "pd.Series[float]") -> str:
    return f"{percent(cell['accuracy'])} ({percent_interval(cell['ci_low'], cell['ci_high'])})"


def _head(items: pd.DataFrame, condition: str) -> str:
    """The condition with its number of participants, which may vary between images."""
    sizes = items.loc[items["condition"] == condition, "n_participants"]
    ends = [count(n) for n in sorted({sizes.min(), sizes.max()})]
    return f"{condition_label(condition)} (95 % CI), n = {'–'.join(ends)}"
