"""The tables that one study exports, each column with the levels that it has there."""

from collections.abc import Sequence
from dataclasses import replace

from pv_engine.models import Item
from surveys.export.columns.column import TRUE_LABELS, Column
from surveys.export.columns.items import EXPOSURE, ITEM_TEXTS, ITEMS
from surveys.export.columns.people import (
    DEVICE,
    EVENTS,
    EXCLUSIONS,
    PAGE_EVENTS,
    PANEL,
    PARTICIPANTS,
    PAY,
    PLATES,
    QUESTIONNAIRE,
    VISUAL,
)
from surveys.export.columns.trials import ANSWERS, BLOCK, EXTRA_TRIALS, TASK, TEXT_ANSWERS, TRIALS
from surveys.models import Exclusion, Survey, Trial
from surveys.protocol.design.groups import shown_conditions
from surveys.protocol.design.pages import shown_pages
from surveys.protocol.questions.kind import CANT_TELL
from surveys.protocol.schema import Protocol
from surveys.protocol.task import Task

GROUP_MEANING = "The group: which kinds of picture the participant saw, in their order"
TRIAL_TABLES = ("trials", "extratrials")
TASK_MEANINGS = {
    "correct": "Whether the response is the answer that counts as right",
    "first_correct": "Whether the first response is the answer that counts as right",
}
# Table -> its columns; the order is that of the codebook.
TABLES = {"trials": TRIALS, "participants": PARTICIPANTS, "items": ITEMS, "events": EVENTS}


def tables_of(survey: Survey) -> dict[str, tuple[Column, ...]]:
    """The survey's tables: four always, others where its protocol or its team made more."""
    tables, protocol = dict(TABLES), survey.protocol
    if protocol.checks.attention_after or protocol.checks.repeats or _asks_examples(protocol):
        tables["extratrials"] = EXTRA_TRIALS
    if protocol.parts:
        tables |= _in_blocks(tables, protocol)
    tables["participants"] = (*tables["participants"], *device_columns(protocol))
    if protocol.task != Task():
        tables |= {
            name: (*_as_task(tables[name]), *TASK) for name in TRIAL_TABLES if name in tables
        }
    if protocol.task.told_texts:
        tables["itemtexts"] = ITEM_TEXTS
    if protocol.items.is_partial:
        tables["exposure"] = EXPOSURE
    if protocol.questionnaire:
        tables["questionnaire"] = QUESTIONNAIRE
    free = [row for row in protocol.task.further if row.behaviour.is_free]
    if len(free) < len(protocol.task.further):
        tables["answers"] = tuple(_with_values(column, protocol) for column in ANSWERS)
    if free:
        tables["textanswers"] = TEXT_ANSWERS
    if Exclusion.objects.filter(participant__survey=survey).exists():
        tables["exclusions"] = EXCLUSIONS
    return tables


def device_columns(protocol: Protocol) -> tuple[Column, ...]:
    """What the participants' table has of devices, visual checks and pages' events."""
    device, checks = protocol.device, protocol.checks
    return (
        *DEVICE * device.record,
        *PLATES * bool(device.colour_plates),
        *VISUAL * bool(checks.visual),
        *PAGE_EVENTS * checks.count_events,
    )


def panel_columns(protocol: Protocol) -> tuple[Column, ...]:
    """The columns of the file of panel ids."""
    return (*PANEL, *PAY) if protocol.pay.is_set else PANEL


def _as_task(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns of trials, whose answer need not be the prediction."""
    return tuple(
        replace(column, meaning=TASK_MEANINGS.get(column.name, column.meaning))
        for column in columns
    )


def _with_values(column: Column, protocol: Protocol) -> Column:
    """The column, which says what is stored for each question."""
    asked = [row for row in protocol.task.further if not row.behaviour.is_free]
    if column.name != "value":
        return column
    stored = "; ".join(f"{row.name} ({row.kind}): {row.behaviour.stores}" for row in asked)
    return replace(column, meaning=f"{column.meaning}. {stored}")


def _asks_examples(protocol: Protocol) -> bool:
    return any(part.pool == "examples" for part in protocol.parts)


def _in_blocks(
    tables: dict[str, tuple[Column, ...]], protocol: Protocol
) -> dict[str, tuple[Column, ...]]:
    """The tables of a study in blocks, which differ from those of others."""
    kinds = [Trial.Kind.EXAMPLE.value] if _asks_examples(protocol) else []
    changed: dict[str, tuple[Column, ...]] = {
        name: (*tables[name], BLOCK) for name in ("trials", "extratrials") if name in tables
    }
    if "extratrials" in changed:
        changed["extratrials"] = tuple(
            replace(column, levels=(*column.levels, *kinds)) if column.name == "kind" else column
            for column in changed["extratrials"]
        )
    if protocol.within.conditions:
        changed["participants"] = tuple(
            replace(column, meaning=GROUP_MEANING) if column.name == "condition" else column
            for column in tables["participants"]
        )
    return changed


def tables_with_levels(survey: Survey) -> dict[str, tuple[Column, ...]]:
    """The survey's tables, each column with the levels that it has in this survey."""
    items = list(Item.objects.filter(stimulus_set=survey.stimulus_set_id).order_by("position"))
    levels = _levels(survey, items)
    unlabelled = any(not item.true_labels for item in items)
    return {
        table: tuple(
            replace(
                column,
                levels=levels[column.levels_of] if column.levels_of else column.levels,
                missing="none is known"
                if unlabelled and column.name == TRUE_LABELS.name
                else column.missing,
            )
            for column in columns
        )
        for table, columns in tables_of(survey).items()
    }


def _levels(survey: Survey, items: Sequence[Item]) -> dict[str, tuple[str, ...]]:
    labels = {
        label for item in items for label in (item.prediction, *item.true_labels, *item.options)
    }
    protocol, first = survey.protocol, survey.protocol.task.first
    offered = set(first.options_of(())) if first.has_own_options else set()
    return {
        "groups": tuple(arm.name for arm in protocol.groups),
        "blocks": tuple(part.name for part in protocol.parts),
        "conditions": shown_conditions(protocol),
        "items": tuple(item.name for item in items if not item.is_example),
        "asked": tuple(row.name for row in survey.protocol.task.further),
        "labels": tuple(sorted(labels)),
        "texts": protocol.task.told_texts,
        "options": (*sorted(labels | offered), CANT_TELL),
        "questions": tuple(
            shown.stored_name(question)
            for shown in shown_pages(protocol)
            for question in shown.page.questions
        ),
    }
