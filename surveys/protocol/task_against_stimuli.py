"""Compares [task] with the stimulus set: its pictures, its texts, and the answer of each item."""

from collections.abc import Iterator, Sequence
from typing import Any

from surveys.protocol.design.groups import shown_conditions
from surveys.protocol.schema import NO_EXPLANATION, Protocol
from surveys.protocol.task import ORIGINAL, PREDICTION, TRUTH, TaskPicture, TaskQuestion

# The key and the sentence.
Found = Iterator[tuple[str, str]]
Row = dict[str, Any]


def task_problems(protocol: Protocol, manifest: dict[str, Any]) -> Found:
    """What [task] asks for and the stimulus set lacks; of each key, the first item that lacks it.

    Items that are dropped are not looked at.
    """
    rows = [row for row in manifest["items"] if row["name"] not in protocol.dropped]
    rows += manifest["examples"]
    yield from _blank_conditions(protocol)
    yield from _lacking_pictures(protocol, rows)
    yield from _lacking_texts(protocol.task.told, rows)
    for index, question in enumerate(protocol.task.questions, start=1):
        yield from _lacking_options(question, f"task.questions[{index}].options", rows)
    yield from _lacking_answers(protocol.task.first, rows)


def _blank_conditions(protocol: Protocol) -> Found:
    task = protocol.task
    is_blank = all(each.is_explanation for each in task.shown) and not any(
        question.kind == "pictures" for question in task.questions
    )
    if is_blank and NO_EXPLANATION in shown_conditions(protocol):
        yield (
            "task.pictures",
            f"task.pictures must have a picture for the condition {NO_EXPLANATION!r}, too; all of "
            "them stand for the condition's own.",
        )


def _lacking_pictures(protocol: Protocol, rows: Sequence[Row]) -> Found:
    names = shown_conditions(protocol)
    for index, picture in enumerate(protocol.task.shown, start=1):
        # By default, the conditions are checked themselves.
        if not protocol.task.pictures and picture.kind != ORIGINAL:
            continue
        key = f"task.pictures[{index}].kind" if protocol.task.pictures else "stimulus_set"
        for kind in dict.fromkeys(_kinds_of(picture, names)):
            yield from _lacking_kind(kind, key, rows)


def _kinds_of(picture: TaskPicture, names: Sequence[str]) -> list[str]:
    """The kinds that a picture stands for; participants without explanation see none of it."""
    shown = [name for name in names if not (picture.is_explanation and name == NO_EXPLANATION)]
    return [picture.kind_in(name) for name in shown]


def _lacking_kind(kind: str, key: str, rows: Sequence[Row]) -> Found:
    row = next((row for row in rows if kind not in row["images"]), None)
    if row is not None:
        yield (
            key,
            f"{key} asks for the pictures {kind!r}, but {row['name']} has only "
            f"{', '.join(row['images'])}.",
        )


def _lacking_texts(told: Sequence[str], rows: Sequence[Row]) -> Found:
    for index, name in enumerate(told, start=1):
        row = next((row for row in rows if name not in row.get("texts", {})), None)
        if name not in (TRUTH, PREDICTION) and row is not None:
            known = ", ".join((TRUTH, PREDICTION, *row.get("texts", {})))
            key = f"task.told[{index}]"
            yield key, f"{key} asks for the text {name!r}, but {row['name']} has only {known}."


def _lacking_options(question: TaskQuestion, key: str, rows: Sequence[Row]) -> Found:
    if question.kind != "pictures":
        return
    for row in rows:
        lacking = [each for each in question.options_of(row["options"])
                   if each not in row["images"]]  # fmt: skip
        if lacking:
            yield (
                key,
                f"{key} must be kinds of pictures, but {lacking[0]!r} is none of {row['name']}; "
                f"it has {', '.join(row['images'])}.",
            )
            return


def _lacking_answers(first: TaskQuestion, rows: Sequence[Row]) -> Found:
    key = "task.questions[1].options"
    for row in rows:
        answer, options = row.get("answer", row["prediction"]), first.options_of(row["options"])
        if answer not in options:
            yield (
                key,
                f"{key} must contain the answer of every item, but that of {row['name']} is "
                f"{answer!r}; the options are {', '.join(options)}.",
            )
            return
