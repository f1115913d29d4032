"""The quality measures of a manifest as tables; numbers are rounded only here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pv_engine.recipe.sections.quality import DISPLAYED_MEASURES, MEASURES, STRATA
from pv_engine.stimulus_sets.blind_reading import exact_interval

HEADINGS = {
    "mse": "MSE",
    "psnr": "PSNR (dB)",
    "ssim": "SSIM",
    "feature_error": "feature error",
    "feature_cosine": "feature cosine",
    "top1_agreement": "same top class",
}
DIGITS = {"mse": 4, "psnr": 2}
NAMES = {
    "mean_image": "mean image",
    "linear": "linear decoder",
    "reference_autoencoder": "reference autoencoder",
}


@dataclass(frozen=True)
class MeasureTable:
    """A title, headings, and rows of texts; the first column names the row."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def text(self) -> str:
        """Return the table for a terminal, with numbers right-aligned."""
        lines = [self.headings, *self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.headings))]
        return "\n".join([self.title, *(_aligned(line, widths) for line in lines)])


def _aligned(line: tuple[str, ...], widths: list[int]) -> str:
    cells = [line[0].ljust(widths[0])]
    cells += [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
    return "  ".join(cells).rstrip()


def quality_tables(manifest: dict[str, Any]) -> list[MeasureTable]:
    """Return the tables of a manifest's measures; none if it has no measures."""
    tables = []
    classifier = manifest.get("classifier", {}).get("quality", {})
    if "average_precision" in classifier:
        tables.append(_classifier_table(classifier))
    quality = manifest.get("decoder", {}).get("quality", {})
    if "strata" in quality:
        tables.append(_reconstruction_table(quality))
    if "displayed_pictures" in quality:
        tables.append(_displayed_table(quality))
    if "exemplars" in manifest:
        tables.append(_exemplar_table(manifest["exemplars"]))
    legibility = manifest.get("legibility") or {}
    for part, title in (
        ("items", "the items"),
        ("held_out", "further held-out pictures"),
        ("items_zero_shot", "the items, not fitted on stimuli"),
        ("held_out_zero_shot", "further held-out pictures, not fitted on stimuli"),
    ):
        if part in legibility:
            tables.append(_legibility_table(legibility[part], title))
    return tables


def _classifier_table(quality: dict[str, Any]) -> MeasureTable:
    """Return exact match, mean average precision, and each class's average precision."""
    rows = [
        ("exact match", f"{quality['exact_match']:.3f}"),
        ("mean average precision", f"{quality['mean_average_precision']:.3f}"),
        *(
            (f"  {name}", "–" if value is None else f"{value:.3f}")
            for name, value in quality["average_precision"].items()
        ),
    ]
    title = f"The classifier on {quality['pictures']} held-out pictures"
    return MeasureTable(title, ("", "value"), tuple(rows))


def _reconstruction_table(quality: dict[str, Any]) -> MeasureTable:
    return _decoder_table("Reconstructions of held-out pictures", quality, "pictures", MEASURES)


def _displayed_table(quality: dict[str, Any]) -> MeasureTable:
    title = "Reconstructions as displayed: enlarged, compressed and seen again by the model"
    return _decoder_table(title, quality, "displayed_pictures", DISPLAYED_MEASURES)


def _decoder_table(
    title: str, quality: dict[str, Any], count: str, measures: tuple[str, ...]
) -> MeasureTable:
    """Rows for the decoder and its baselines, overall and by stratum."""
    columns = (count, *measures)
    rows = list(_decoder_rows("decoder", quality, columns))
    for name, baseline in quality.get("baselines", {}).items():
        rows += _decoder_rows(NAMES.get(name, name), baseline, columns)
    headings = (HEADINGS[name.removeprefix("displayed_")] for name in measures)
    return MeasureTable(title, ("", "pictures", *headings), tuple(rows))


def _decoder_rows(
    name: str, quality: dict[str, Any], columns: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    yield (name, *_numbers(quality, columns))
    for stratum in STRATA:
        if stratum in quality["strata"]:
            part = quality["strata"][stratum]
            yield (f"  {stratum.replace('_', ' ')}", *_numbers(part, columns))


def _numbers(values: dict[str, Any], columns: tuple[str, ...]) -> tuple[str, ...]:
    count, *measures = columns
    shown = (f"{values[name]:.{DIGITS.get(name, 3)}f}" for name in measures)
    return (str(values[count]), *shown)


def _legibility_table(counts: dict[str, dict[str, dict[str, int]]], title: str) -> MeasureTable:
    names = list(next(iter(counts.values())))
    headings = [f"{name.replace('_', ' ')}: {key}" for name in names for key in ("model", "truth")]
    rows = [
        (kind, *(_share(cell, key) for cell in cells.values() for key in ("prediction", "truth")))
        for kind, cells in counts.items()
    ]
    return MeasureTable(
        f"How often the reader names the model's prediction, and a true label, on {title} "
        "(95 % intervals)",
        ("stimulus", *headings),
        tuple(rows),
    )


def _exemplar_table(exemplars: dict[str, Any]) -> MeasureTable:
    """The measures of exemplars, a column for each stratum."""
    columns = [
        {key.replace("_", " "): part[key] for key in part if key != "model_agrees"}
        | {
            f"the model repeats its answer on {kind}": share
            for kind, share in part["model_agrees"].items()
        }
        for part in exemplars["strata"].values()
    ]
    rows = [
        (
            key,
            *(str(each[key]) if key == "pictures" else f"{each[key]:.2f}" for each in columns),
        )
        for key in columns[0]
    ]
    title = f"Exemplars of the items, from a bank of {exemplars['bank']} training pictures"
    headings = (name.replace("_", " ") for name in exemplars["strata"])
    return MeasureTable(title, ("", *headings), tuple(rows))


def _share(cell: dict[str, int], key: str) -> str:
    if not cell["pictures"]:
        return "–"
    low, high = (f"{100 * end:.0f}" for end in exact_interval(cell[key], cell["pictures"]))
    share = cell[key] / cell["pictures"]
    return f"{cell[key]}/{cell['pictures']} ({100 * share:.0f} %, {low} to {high})"
