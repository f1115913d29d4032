"""Changes a study's protocol in the console: single values by a form, or the whole text.

Form and text are two views of the one text that is stored, so comments and order stay.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from tomlkit import parse
from tomlkit.exceptions import TOMLKitError

from pv_engine.recipe.conditions import title_of
from surveys.errors import LoadError
from surveys.models import Survey
from surveys.protocol.design.blocks import ARM, SAME, WITHIN
from surveys.protocol.schema import NO_EXPLANATION
from surveys.studies.protocols.edited_values import (
    NOT_CHOSEN,
    RETURN_ADDRESSES,
    SECTIONS,
    EditedValue,
    Options,
    Section,
)
from surveys.studies.protocols.list_form import FormList, form_list, with_list
from surveys.studies.protocols.loading import Proposal, propose_text, require_editor, store
from surveys.studies.protocols.question_form import with_questions
from surveys.studies.protocols.value_form import FormField, form_field, with_field
from surveys.studies.protocols.versions import export_protocol
from toml_files.editing import set_value


@dataclass(frozen=True)
class FormSection:
    """Fields that belong together; one that few studies need is closed until it has a value."""

    heading: str
    fields: list[FormField]
    lists: list[FormList]
    is_open: bool


def form_sections(text: str, survey: Survey) -> list[FormSection]:
    """The form's fields in their sections; values that the text leaves out are the defaults."""
    table = _parsed(text)
    offers = {"rendered": _rendered(survey), "conditions": _conditions(table)}
    return [_section(section, text, table, offers) for section in SECTIONS]


def _section(
    section: Section, text: str, table: Mapping[str, Any], offers: Mapping[str, Options]
) -> FormSection:
    fields = [form_field(value, table) for value in section.values]
    lists = [form_list(each, text, table, offers) for each in section.lists]
    is_used = any(row.is_written for row in fields) or any(
        each.elsewhere or each.rows[1:] for each in lists
    )
    return FormSection(section.heading, fields, lists, section.is_open or is_used)


def _rendered(survey: Survey) -> Options:
    """What can be shown beside an image of the study's stimulus set."""
    names = (*survey.stimulus_set.manifest["conditions"], NO_EXPLANATION)
    return (NOT_CHOSEN, *((name, title_of(name)) for name in dict.fromkeys(names)))


def _conditions(table: Mapping[str, Any]) -> Options:
    """The conditions that participants see by this text: its own and those of blocks."""
    names = [str(row.get("name", "")) for row in _tables(table, "conditions")]
    names += [str(row.get("condition", ARM)) for row in _tables(table, "blocks")]
    known = [name for name in dict.fromkeys(names) if name not in ("", ARM, WITHIN, SAME)]
    return (NOT_CHOSEN, *((name, title_of(name)) for name in known))


def with_values(text: str, sent: Mapping[str, str], survey: Survey) -> str:
    """The text with those of the form's values that differ from what it says.

    A text that is not valid TOML comes back unchanged: reading it says what is wrong.
    """
    if not _parsed(text):
        return text
    for section in form_sections(text, survey):
        for field in section.fields:
            given = sent.get(field.edited.key)
            after = with_field(text, field, given)
            if after != text:
                text = _with_way_back(after, field.edited, given or "", sent)
        for each in section.lists:
            text = with_list(text, each, sent)
    return with_questions(text, sent)


def _with_way_back(text: str, edited: EditedValue, given: str, sent: Mapping[str, str]) -> str:
    """The text with the address that leads back to a panel that has just been chosen."""
    address = RETURN_ADDRESSES.get(given, "") if edited.key == "panel.name" else ""
    if not address or sent.get("panel.return_url", "").strip():
        return text
    return set_value(text, "panel", "return_url", value=address)


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


def _tables(table: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = table.get(name)
    rows = found if isinstance(found, list) else []
    return [row for row in rows if isinstance(row, Mapping)]
