"""Changes a study's protocol in the console: single values by a form, or the whole text.

Form and text are two views of the one text that is stored, so comments and order stay.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from tomlkit import parse
from tomlkit.exceptions import TOMLKitError

from surveys.errors import LoadError
from surveys.models import Survey
from surveys.studies.protocols.edited_values import (
    EDITED,
    RETURN_ADDRESSES,
    SECTIONS,
    EditedValue,
)
from surveys.studies.protocols.loading import Proposal, propose_text, require_editor, store
from surveys.studies.protocols.question_form import with_questions
from surveys.studies.protocols.versions import export_protocol
from toml_files.editing import set_value


@dataclass(frozen=True)
class FormField:
    """An edited value as the form shows it."""

    edited: EditedValue
    value: str
    # Why the form cannot change it here; empty where it can.
    elsewhere: str = ""

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """What can be chosen; what the text says stays among it, even if it is wrong."""
        known = self.edited.options
        return known if self.value in dict(known) else (*known, (self.value, self.value))


@dataclass(frozen=True)
class FormSection:
    """Fields that belong together; one that few studies need is closed until it has a value."""

    heading: str
    fields: list[FormField]
    is_open: bool


def form_sections(text: str, survey: Survey) -> list[FormSection]:
    """The form's fields in their sections."""
    fields = {field.edited.key: field for field in form_fields(text, survey)}
    found = [(section, [fields[value.key] for value in section.values]) for section in SECTIONS]
    return [
        FormSection(section.heading, rows, section.is_open or any(row.value for row in rows))
        for section, rows in found
    ]


def form_fields(text: str, survey: Survey) -> list[FormField]:
    """The form's fields for this text; values that the text leaves out are the defaults."""
    table, defaults = _parsed(text), survey.protocol_json
    return [_field(edited, _found(table, edited.path), defaults) for edited in EDITED]


def _field(edited: EditedValue, written: Any, defaults: Mapping[str, Any]) -> FormField:
    value = written if written is not None else _found(defaults, edited.path)
    if isinstance(value, Mapping):
        return FormField(edited, "", "It has several languages; change it in the text below.")
    return FormField(edited, "" if value is None else str(value).strip())


def with_values(text: str, sent: Mapping[str, str], survey: Survey) -> str:
    """The text with those of the form's values that differ from what it says."""
    for field in form_fields(text, survey):
        given = sent.get(field.edited.key)
        if given is None or field.elsewhere:
            continue
        given = given.replace("\r\n", "\n").strip()
        if given != field.value:
            text = set_value(text, *field.edited.path, value=_typed(field.edited, given))
            text = _with_way_back(text, field.edited, given, sent)
    return with_questions(text, sent)


def _with_way_back(text: str, edited: EditedValue, given: str, sent: Mapping[str, str]) -> str:
    """The text with the address that leads back to a panel that has just been chosen."""
    address = RETURN_ADDRESSES.get(given, "") if edited.key == "panel.name" else ""
    if not address or sent.get("panel.return_url", "").strip():
        return text
    return set_value(text, "panel", "return_url", value=address)


def _typed(edited: EditedValue, given: str) -> str | int:
    """A number where one is wanted and given; what is none stays a text and is refused by name."""
    if edited.kind == "number" and given.isdecimal():
        return int(given)
    if edited.kind == "yes_no":
        return given == str(True)
    return f"\n{given}\n" if edited.kind == "paragraphs" and "\n" in given else given


def editable_text(survey: Survey) -> str:
    """The study's own text, which names its stimulus set by content."""
    return export_protocol(survey).replace("\r\n", "\n")


def propose_edit(survey: Survey, text: str) -> Proposal:
    """What saving this text would change; ProtocolError or LoadError for what is wrong."""
    proposal = propose_text(text, f"The protocol of {survey.slug}")
    if proposal.protocol.slug != survey.slug:
        raise LoadError(
            f"slug must stay {survey.slug!r} here, but is {proposal.protocol.slug!r}; duplicate "
            "the study to have it at another address."
        )
    return proposal


def save_draft(survey: Survey, proposal: Proposal, seen: str, person: User) -> bool:
    """Store the changed draft; False where nothing differs.

    `seen` is the hash of the protocol that the person began with. LoadError when another one is
    stored by now, so that nobody's work is overwritten.
    """
    require_editor(person, survey)
    if seen != survey.protocol_sha256:
        raise LoadError(
            "Somebody has saved another version since you opened this page, so yours was not "
            "saved; compare it with theirs on the study's protocol page, then save again."
        )
    if proposal.is_unchanged:
        return _keep_comments(survey, proposal.text)
    _, changed = store(proposal, person)
    return changed


def _keep_comments(survey: Survey, text: str) -> bool:
    """Store a text that means the same; False where it is the same."""
    if text == editable_text(survey):
        return False
    same = Survey.objects.filter(pk=survey.pk, protocol_sha256=survey.protocol_sha256)
    return bool(same.update(protocol_toml=text))


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        return parse(text)
    except TOMLKitError:
        return {}


def _found(table: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = table
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
