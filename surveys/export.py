"""Writes a survey's data as a Psych-DS folder: tables, description, codebook.

Psych-DS (psych-ds.github.io) fixes the names of the files and what the description must hold.
"""

import csv
import json
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.audit import COMMAND_LINE, Action, Actor, record
from surveys.errors import ExportError
from surveys.export_columns import PANEL, Column, tables_of
from surveys.export_rows import (
    Cell,
    event_rows,
    extra_trial_rows,
    item_rows,
    panel_rows,
    participant_rows,
    questionnaire_rows,
    trial_rows,
)
from surveys.models import Survey

DESCRIPTION = "dataset_description.json"


def export_study(
    survey: Survey, out: Path, replace: bool = False, actor: Actor = COMMAND_LINE
) -> dict[str, int]:
    """Write the survey's data into the new folder `out`; returns the rows of each table.

    The folder appears complete or not at all. With `replace`, an earlier export there is replaced;
    anything else that is in the way raises ExportError. An answer that is given while the tables
    are written may be in one of them and not yet in another.
    """
    _check_target(out, replace)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise ExportError(
            f"{out.parent} cannot be written ({error.strerror}); choose another --out."
        ) from error
    try:
        counts = _write_tables(survey, scratch)
        _write_description(survey, scratch)
        scratch.chmod(0o755)
        _put_in_place(scratch, out)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    record(actor, Action.DATA_EXPORTED, survey, folder=out.name, rows=counts)
    return counts


def export_panel_ids(survey: Survey, file: Path, actor: Actor = COMMAND_LINE) -> int:
    """Write who the participants are to their panel into the new file; returns the rows.

    Kept apart from the data set, so that sharing the one never shares the other.
    """
    if file.exists():
        raise ExportError(f"{file} exists already; choose another name for the panel ids.")
    scratch = file.with_name(f".{file.name}-new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        scratch.touch(mode=0o600)
        count = _write_csv(scratch, [column.name for column in PANEL], panel_rows(survey))
        scratch.rename(file)
    except OSError as error:
        raise ExportError(
            f"{file} cannot be written ({error.strerror}); choose another name for the panel ids."
        ) from error
    finally:
        scratch.unlink(missing_ok=True)
    record(actor, Action.DATA_EXPORTED, survey, panel_ids=count)
    return count


def _put_in_place(scratch: Path, out: Path) -> None:
    """Rename, so that at any moment `out` is either the earlier export or the new one."""
    if not out.exists():
        scratch.rename(out)
        return
    earlier = scratch.with_name(f"{scratch.name}-earlier")
    out.rename(earlier)
    scratch.rename(out)
    shutil.rmtree(earlier)


def data_file(slug: str, table: str) -> str:
    """The name that Psych-DS asks for: pairs of keyword and value, where a value has no hyphen."""
    return f"study-{slug.replace('-', '')}_description-{table}_data.csv"


def _check_target(out: Path, replace: bool) -> None:
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    is_export = (out / DESCRIPTION).is_file()
    if replace and is_export:
        return
    if is_export:
        raise ExportError(f"{out} holds an earlier export; add --replace or choose another --out.")
    raise ExportError(f"{out} exists and is no earlier export; choose another --out.")


def _write_tables(survey: Survey, folder: Path) -> dict[str, int]:
    rows = {
        "trials": trial_rows(survey),
        "participants": participant_rows(survey),
        "items": item_rows(survey),
        "events": event_rows(survey),
        "extratrials": extra_trial_rows(survey),
        "questionnaire": questionnaire_rows(survey),
    }
    (folder / "data").mkdir()
    return {
        table: _write_csv(
            folder / "data" / data_file(survey.slug, table), [c.name for c in columns], rows[table]
        )
        for table, columns in tables_of(survey.texts).items()
    }


def _write_csv(file: Path, header: list[str], rows: Iterable[list[Cell]]) -> int:
    count = 0
    with file.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def _write_description(survey: Survey, folder: Path) -> None:
    tables = tables_of(survey.texts)
    description: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": survey.title,
        "description": (
            f"Responses to the survey {survey.slug}: participants saw images beside explanations "
            "and guessed what an image classifier had predicted."
        ),
        "schemaVersion": "Psych-DS 1.1.0",
        "identifier": f"sha256:{survey.protocol_sha256}",
        "variableMeasured": [_variable(column) for column in _columns_once(tables)],
        "foresee": {
            "version": settings.VERSION,
            "survey": survey.slug,
            "protocol_sha256": survey.protocol_sha256,
            "stimulus_set_sha256": survey.stimulus_set.content_sha256,
            "n_arrivals": survey.arrivals,
            "n_declined": survey.declined,
            "n_withdrawn": survey.participants.exclude(withdrawn_at=None).count(),
        },
    }
    text = json.dumps(description, indent=2, ensure_ascii=False)
    (folder / DESCRIPTION).write_text(text + "\n", encoding="utf-8")
    rows: Iterable[list[Cell]] = (
        [table, column.name, column.meaning, column.values]
        for table, columns in tables.items()
        for column in columns
    )
    _write_csv(folder / "codebook.csv", ["table", "column", "meaning", "values"], rows)


def _columns_once(tables: dict[str, tuple[Column, ...]]) -> list[Column]:
    return list({column.name: column for table in tables.values() for column in table}.values())


def _variable(column: Column) -> dict[str, str]:
    return {
        "@type": "PropertyValue",
        "name": column.name,
        "description": f"{column.meaning} ({column.values})",
    }
