"""Writes a survey's data as a Psych-DS folder: tables, descriptions, documents.

Psych-DS (psych-ds.github.io) fixes the names of the files and what the description must hold;
`psych_ds.py` has its rules.
"""

import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accounts.audit.record import COMMAND_LINE, Action, Actor, record
from study.snapshot import snapshot
from surveys.errors import ExportError
from surveys.export.columns.column import Column
from surveys.export.columns.of_study import panel_columns, tables_with_levels
from surveys.export.description import write_descriptions
from surveys.export.documents import write_documents, write_protocol, write_stimulus_set
from surveys.export.labelled import write_labelled
from surveys.export.pages.writing import write_pages
from surveys.export.psych_ds import DESCRIPTION
from surveys.export.ro_crate import write_crate
from surveys.export.rows.people import panel_rows
from surveys.export.tables import data_file, write_csv, write_stimuli, write_tables
from surveys.export.versions import write_versions
from surveys.models import Survey


@dataclass(frozen=True)
class Written:
    """What `write_data` wrote, and of which state of the survey."""

    survey: Survey
    tables: dict[str, tuple[Column, ...]]
    # Rows of each table.
    counts: dict[str, int]
    # What the description says of the survey.
    about: dict[str, Any]


def export_study(
    survey: Survey,
    out: Path,
    replace: bool = False,
    stimuli: bool = False,
    actor: Actor = COMMAND_LINE,
    also: Collection[str] = (),
    pages: bool = False,
) -> dict[str, int]:
    """Write the survey's data into the new folder `out`; returns the rows of each table.

    The folder appears complete or not at all, and holds the data of one moment. With `replace`, an
    earlier export there is replaced; anything else that is in the way raises ExportError. With
    `stimuli`, the images go with it; with `pages`, the pages that participants see; `also` names
    formats of `labelled.py`.
    """
    _check_target(out, replace)
    with _new_folder(out) as scratch:
        counts = _write_export(survey, scratch, also)
        if stimuli:
            write_stimuli(survey, scratch)
        if pages:
            write_pages(survey, scratch, with_images=stimuli)
        write_crate(survey, scratch)
    record(actor, Action.DATA_EXPORTED, survey, folder=out.name, rows=counts)
    return counts


def write_data(survey: Survey, folder: Path) -> Written:
    """Write all that an analysis needs into an empty folder: the survey's data of this moment."""
    (folder / "data").mkdir()
    with snapshot():
        survey = Survey.objects.select_related("stimulus_set").get(pk=survey.pk)
        tables = tables_with_levels(survey)
        counts = write_tables(survey, tables, folder / "data")
        about = write_descriptions(survey, tables, folder)
        write_versions(survey, folder)
    write_protocol(survey, folder)
    write_stimulus_set(survey, folder)
    return Written(survey, tables, counts, about)


def _write_export(survey: Survey, folder: Path, also: Collection[str]) -> dict[str, int]:
    # Here, not above: an analysis of a survey writes no Parquet and needs none of its library.
    from surveys.export.parquet import write_parquet

    written = write_data(survey, folder)
    write_documents(written.survey, written.about, folder)
    for table, columns in written.tables.items():
        write_parquet(folder / "data" / data_file(survey.slug, table), columns)
    if also:
        write_labelled(written.survey.slug, folder, written.tables, also)
    return written.counts


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
        with snapshot():
            header = [column.name for column in panel_columns(survey.protocol)]
            count = write_csv(scratch, header, panel_rows(survey))
        scratch.rename(file)
    except OSError as error:
        raise ExportError(
            f"{file} cannot be written ({error.strerror}); choose another name for the panel ids."
        ) from error
    finally:
        scratch.unlink(missing_ok=True)
    record(actor, Action.DATA_EXPORTED, survey, panel_ids=count)
    return count


@contextmanager
def _new_folder(out: Path) -> Iterator[Path]:
    """A folder to write into that takes the place of `out` once it is complete."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise ExportError(
            f"{out.parent} cannot be written ({error.strerror}); choose another --out."
        ) from error
    try:
        yield scratch
        scratch.chmod(0o755)
        _put_in_place(scratch, out)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise


def _put_in_place(scratch: Path, out: Path) -> None:
    """Rename, so that at any moment `out` is either the earlier export or the new one."""
    if not out.exists():
        scratch.rename(out)
        return
    earlier = scratch.with_name(f"{scratch.name}-earlier")
    out.rename(earlier)
    scratch.rename(out)
    shutil.rmtree(earlier)


def _check_target(out: Path, replace: bool) -> None:
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    is_export = (out / DESCRIPTION).is_file()
    if replace and is_export:
        return
    if is_export:
        raise ExportError(f"{out} holds an earlier export; add --replace or choose another --out.")
    raise ExportError(f"{out} exists and is no earlier export; choose another --out.")
