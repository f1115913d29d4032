"""Before opening: does the protocol say everything that it should?"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from surveys.checks.point import Point, point
from surveys.models import Survey
from surveys.protocol.schema import DEFAULT_INFORMATION, Protocol
from surveys.protocol.wording import DEFAULTS, LANGUAGE_NAMES
from toml_files.positions import join

# Read by researchers and programs, never by participants.
UNREAD = {"slug", "stimulus_set", "question_order", "consent_version", "languages", "assignment",
          "trials", "checks", "panel", "sample", "stopping", "analysis", "dropped"}  # fmt: skip
UNREAD_KEYS = {"name", "kind"}


def protocol_points(survey: Survey) -> Iterator[Point]:
    protocol = survey.texts
    yield _languages(protocol, survey.stimulus_set.manifest["classes"])
    is_own = protocol.texts.information != DEFAULT_INFORMATION
    yield point(
        "The information page is your own",
        is_own,
        "It is." if is_own else "It is the default text, which names no institution.",
        "Set texts.information: who is responsible, whom to write to, what is stored and for how "
        "long, as your ethics committee approved it.",
    )
    yield from _panel(protocol)
    yield from _plan(survey)


def _languages(protocol: Protocol, classes: list[str]) -> Point:
    title, names = "Every text is there in every language", protocol.languages
    lacking = [key for key, text in _texts(protocol) if isinstance(text, str)]
    lacking += [f"labels.{name}" for name in classes if name not in protocol.labels]
    if len(names) == 1:
        return point(title, True, f"There is one language, {LANGUAGE_NAMES[names[0]]}.", "")
    shown = ", ".join(lacking[:3]) + (f" and {len(lacking) - 3} more" if lacking[3:] else "")
    return point(
        title,
        not lacking,
        f"In one language only: {shown}." if lacking else f"In {len(names)} languages.",
        'Give one text for each language, such as {en = "boat", it = "barca"}.',
    )


def _texts(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The full name of each text that participants read and that is not a default."""
    if is_dataclass(value) and not isinstance(value, type):
        skipped = UNREAD if isinstance(value, Protocol) else UNREAD_KEYS
        for row in fields(value):
            if row.name not in skipped:
                yield from _texts(getattr(value, row.name), join(name, row.name))
    elif isinstance(value, tuple):
        for index, part in enumerate(value, start=1):
            yield from _texts(part, f"{name}[{index}]")
    elif name == "labels":
        for key, part in value.items():
            yield from _texts(part, join(name, key))
    elif isinstance(value, dict) or (isinstance(value, str) and value and value not in DEFAULTS):
        yield name, value


def _panel(protocol: Protocol) -> Iterator[Point]:
    panel = protocol.panel
    if not panel.name:
        return
    due = {"complete", "no_consent"}
    due |= {"screened_out"} if protocol.comprehension.questions else set()
    due |= {"failed_checks"} if protocol.checks.attention_after else set()
    due |= {"full"} if protocol.assignment.places else set()
    missing = sorted(code for code in due if not getattr(panel.codes, code))
    yield point(
        "Every way to leave has its completion code",
        not missing and bool(panel.return_url),
        "Each has one."
        if not missing and panel.return_url
        else f"Missing are {', '.join([*missing, *([] if panel.return_url else ['return_url'])])}.",
        f"Copy them from {panel.name} into panel.codes and panel.return_url.",
    )


def _plan(survey: Survey) -> Iterator[Point]:
    protocol = survey.texts
    size, stopping, places = protocol.sample.size, protocol.stopping, protocol.assignment.places
    yield point(
        "The sample size is stated",
        size > 0 and bool(protocol.sample.justification),
        f"{size} people who {protocol.sample.counts}"
        f"{'' if protocol.sample.justification else ', without a reason'}."
        if size
        else "It is not.",
        "Set sample.size and sample.justification; the command plan_sample computes a size.",
    )
    yield point(
        "There is a place for everybody who is needed",
        not places or places >= size,
        f"There are {places} places." if places else "There are as many places as people come.",
        f"Set assignment.places to {size} or more, or leave it out.",
    )
    yield point(
        "The stopping rule is stated",
        bool(stopping.rule),
        (stopping.rule if len(stopping.rule) <= 120 else f"{stopping.rule[:119]}…")
        if stopping.rule
        else "It is not.",
        "Set stopping.rule, and stopping.close if the survey is to close by itself.",
    )
    has_plan = bool(survey.protocol.get("analysis"))
    yield point(
        "The analysis plan is part of the protocol",
        has_plan,
        "It is." if has_plan else "It is not.",
        "Write down the tests, exclusions and margins in [analysis] before the data are seen.",
    )
