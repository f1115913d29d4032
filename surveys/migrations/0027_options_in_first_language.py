"""Answers of studies in several languages, in the protocol's first language.

Earlier versions stored the wording that the database returned first: in SQLite the one written
first, in PostgreSQL the first by the alphabet.
"""

from collections.abc import Iterator
from typing import Any

from django.db import migrations

# From a stored wording to that in the first language, by the question's name.
Wordings = dict[str, dict[str, str]]
OF_TRIAL = ("options", "expected", "first_option")


def other_wordings(options: Any, first: str) -> dict[str, str]:
    """Return what to replace; a wording of two options means the one it was stored for."""
    tables = [each for each in options if isinstance(each, dict) and first in each]
    found: dict[str, str] = {}
    for table in tables:
        for text in table.values():
            found.setdefault(text, table[first])
    found |= {next(iter(table.values())): table[first] for table in tables}
    return found if any(text != right for text, right in found.items()) else {}


def replace(value: Any, wordings: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [replace(part, wordings) for part in value]
    if isinstance(value, dict):
        return {key: replace(part, wordings) for key, part in value.items()}
    return wordings.get(value, value) if isinstance(value, str) else value


def of_trials(protocol: Any, first: str) -> tuple[dict[str, str], Wordings]:
    """Return what to replace in answers to the first question, and to the others by name."""
    asked = (protocol.get("task") or {}).get("questions") or []
    found = [
        (each["name"], {} if isinstance(options, str) else other_wordings(options, first))
        for each in asked
        for options in [each.get("options", "")]
    ]
    return (found[0][1] if found else {}), {name: words for name, words in found[1:] if words}


def of_pages(protocol: Any, first: str) -> Wordings:
    found = {
        each["name"]: other_wordings(each.get("options") or (), first)
        for page in protocol.get("questionnaire") or []
        for each in page["questions"]
    }
    return {name: words for name, words in found.items() if words}


def set_changed(row: Any, values: dict[str, Any]) -> None:
    """Write what differs, past the model's own rules."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if changed:
        type(row)._base_manager.filter(pk=row.pk).update(**changed)


def rows(model: Any, **where: Any) -> Iterator[Any]:
    yield from model.objects.filter(**where).order_by("pk").iterator(chunk_size=1_000)


def correct(apps: Any, participants: dict[str, Any], protocol: Any) -> None:
    languages = protocol.get("languages") or ["en"]
    first_question, further = of_trials(protocol, languages[0])
    of_participant = {f"trial__participant__{key}": value for key, value in participants.items()}
    if first_question:
        theirs = {f"participant__{key}": value for key, value in participants.items()}
        for row in rows(apps.get_model("surveys", "Trial"), **theirs):
            stored = {name: getattr(row, name) for name in OF_TRIAL}
            set_changed(row, replace(stored, first_question))
        for row in rows(apps.get_model("surveys", "Response"), **of_participant):
            set_changed(row, {"option": replace(row.option, first_question)})
    for name, wordings in further.items():
        for row in rows(apps.get_model("surveys", "Answer"), name=name, **of_participant):
            set_changed(row, {"value": replace(row.value, wordings)})
    if pages := of_pages(protocol, languages[0]):
        for row in rows(apps.get_model("surveys", "Participant"), **participants):
            # After several blocks: the block's name, a full stop and the question's.
            given = {
                name: replace(value, pages.get(name.rpartition(".")[2], {}))
                for name, value in row.questionnaire.items()
            }
            set_changed(row, {"questionnaire": given})


def correct_all(apps: Any, schema_editor: Any) -> None:
    survey_model = apps.get_model("surveys", "Survey")
    for survey in survey_model.objects.order_by("pk"):
        correct(apps, {"survey": survey.pk, "version": None}, survey.protocol_json)
    for version in apps.get_model("surveys", "ProtocolVersion").objects.order_by("pk"):
        correct(apps, {"version": version.pk}, version.protocol_json)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0026_prolific")]

    operations = [migrations.RunPython(correct_all, migrations.RunPython.noop)]
