"""Writes the tables of a survey as CSV files, one row at a time, and names what they hold."""

import csv
import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from django.core.files.storage import storages

from pv_engine.models import Stimulus
from surveys.export.columns.column import Column
from surveys.export.rows import items, people, trials
from surveys.export.rows.cells import Cell
from surveys.models import Survey

STIMULI_FOLDER = Path("materials") / "stimuli"
STIMULI_LIST = Path("materials") / "stimuli.csv"
STIMULI_COLUMNS = ["item", "kind", "file"]

ROWS: dict[str, Callable[[Survey], Iterator[list[Cell]]]] = {
    "trials": trials.trial_rows,
    "participants": people.participant_rows,
    "items": items.item_rows,
    "events": people.event_rows,
    "extratrials": trials.extra_trial_rows,
    "itemtexts": items.item_text_rows,
    "exposure": items.exposure_rows,
    "questionnaire": people.questionnaire_rows,
    "answers": trials.answer_rows,
    "textanswers": trials.text_answer_rows,
    "exclusions": people.exclusion_rows,
}


def data_file(slug: str, table: str) -> str:
    """The name that Psych-DS asks for: pairs of keyword and value, where a value has no hyphen."""
    return f"study-{slug.replace('-', '')}_description-{table}_data.csv"


def write_tables(
    survey: Survey, tables: dict[str, tuple[Column, ...]], folder: Path
) -> dict[str, int]:
    """Write a CSV file for each table into the folder; returns how many rows each has."""
    return {
        table: write_csv(
            folder / data_file(survey.slug, table), [c.name for c in columns], ROWS[table](survey)
        )
        for table, columns in tables.items()
    }


def write_csv(file: Path, header: list[str], rows: Iterable[list[Cell]]) -> int:
    count = 0
    with file.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def data_sha256(folder: Path) -> str:
    """What names the data of an export: the SHA-256 of the list of its tables' SHA-256.

    In the folder `data`, `LC_ALL=C sha256sum *.csv | sha256sum` gives the same.
    """
    lines = []
    for file in sorted(folder.glob("*.csv")):
        with file.open("rb") as content:
            lines.append(f"{hashlib.file_digest(content, 'sha256').hexdigest()}  {file.name}\n")
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def write_stimuli(survey: Survey, folder: Path) -> None:
    """Copy every item's images, and list which is which; examples are left out."""
    stimuli = Stimulus.objects.filter(
        item__stimulus_set=survey.stimulus_set_id, item__is_example=False
    )
    rows: list[list[Cell]] = [
        [stimulus.item.name, stimulus.kind, name]
        for stimulus in stimuli.select_related("item").order_by("item__position", "kind")
        for name in stimulus.file_names
    ]
    (folder / STIMULI_FOLDER).mkdir(parents=True)
    for name in sorted({str(row[2]) for row in rows}):
        with (
            storages["stimuli"].open(name) as image,
            (folder / STIMULI_FOLDER / name).open("wb") as copy,
        ):
            shutil.copyfileobj(image, copy)
    write_csv(folder / STIMULI_LIST, STIMULI_COLUMNS, rows)
