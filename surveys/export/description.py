"""Describes an export to machines: dataset_description.json, a sidecar for each table, codebook."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings

from surveys.export.citation import citation_of
from surveys.export.columns.column import Column
from surveys.export.psych_ds import DESCRIPTION
from surveys.export.rows.cells import Cell
from surveys.export.tables import data_file, data_sha256, write_csv
from surveys.models import Survey

CODEBOOK = "codebook.csv"
CODEBOOK_COLUMNS = ["table", "column", "meaning", "type", "unit", "levels", "missing"]
SCHEMA_VERSION = "Psych-DS 1.1.0"
# Every key is a word of schema.org but ours, which readers of linked data pass over.
CONTEXT = {"@vocab": "http://schema.org/", "foresee": None}
TYPE_WORDS = {
    "text": "text",
    "category": "one of the levels",
    "list": "texts separated by ;",
    "integer": "whole number",
    "boolean": "1 or 0",
    "timestamp": "UTC, ISO 8601 with milliseconds",
}


def write_descriptions(
    survey: Survey, tables: dict[str, tuple[Column, ...]], folder: Path
) -> dict[str, Any]:
    """Describe the tables that are in the folder already; returns what is said of the survey."""
    about = about_survey(survey, data_sha256(folder / "data"))
    description = {
        "@context": CONTEXT,
        "@type": "Dataset",
        "name": survey.title,
        "description": _abstract(survey, about),
        "schemaVersion": SCHEMA_VERSION,
        "identifier": f"sha256:{about['data_sha256']}",
        "keywords": ["simulatability", "explanation", "image classification"],
        **citation_of(survey),
        "variableMeasured": [_variable(column) for column in _columns_once(tables)],
        "foresee": about,
    }
    write_json(folder / DESCRIPTION, description)
    for table, columns in tables.items():
        sidecar = (folder / "data" / data_file(survey.slug, table)).with_suffix(".json")
        write_json(sidecar, {"variableMeasured": [_variable(column) for column in columns]})
    write_csv(folder / CODEBOOK, CODEBOOK_COLUMNS, _codebook_rows(tables))
    return about


def about_survey(survey: Survey, data_hash: str) -> dict[str, Any]:
    """What an analysis must know beside the tables."""
    people = survey.participants
    return {
        "version": settings.VERSION,
        "survey": survey.slug,
        "pilot": survey.is_pilot,
        "protocol_sha256": survey.protocol_sha256,
        "stimulus_set_sha256": survey.stimulus_set.content_sha256,
        "data_sha256": data_hash,
        "n_arrivals": survey.arrivals,
        "n_declined": survey.declined,
        "n_withdrawn": people.exclude(withdrawn_at=None).count(),
        "n_participants": people.count(),
        "n_simulated": people.filter(simulated=True).count(),
    }


def write_json(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def simulated_sentence(about: dict[str, Any]) -> str:
    """Says loudly that bots are among the participants; nothing where there are none."""
    if not about["n_simulated"]:
        return ""
    return (
        f"SIMULATED DATA: {about['n_simulated']} of {about['n_participants']} participants are "
        "bots, marked in the column simulated."
    )


def _abstract(survey: Survey, about: dict[str, Any]) -> str:
    text = (
        f"Responses to the survey {survey.slug}: participants saw images beside explanations "
        "and guessed what an image classifier had predicted."
    )
    return f"{text} {simulated_sentence(about)}".strip()


def _columns_once(tables: dict[str, tuple[Column, ...]]) -> list[Column]:
    return list({column.name: column for table in tables.values() for column in table}.values())


def _variable(column: Column) -> dict[str, Any]:
    kind = TYPE_WORDS[column.type]
    missing = f"; empty: {column.missing}" if column.missing else ""
    return {
        "@type": "PropertyValue",
        "name": column.name,
        "description": f"{column.meaning} ({kind}{missing})",
        **({"unitText": column.unit} if column.unit else {}),
        **({"valueReference": list(column.levels)} if column.levels else {}),
    }


def _codebook_rows(tables: dict[str, tuple[Column, ...]]) -> list[list[Cell]]:
    return [
        [table, c.name, c.meaning, c.type, c.unit, ";".join(c.levels), c.missing]
        for table, columns in tables.items()
        for c in columns
    ]
