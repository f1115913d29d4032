"""Before opening: does the protocol say everything that it should?"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from surveys.checks.point import Point, point
from surveys.models import Survey
from surveys.participation.leaving.outcomes import NO_WAY_BACK
from surveys.protocol.design.groups import shown_conditions
from surveys.protocol.schema import DEFAULT_INFORMATION, NO_EXPLANATION, Protocol
from surveys.protocol.task import ITEM
from surveys.protocol.wording import DEFAULTS, LANGUAGE_NAMES
from surveys.studies.protocols.starter import left_of_starter, wordings_of
from toml_files.positions import join

# The page where a protocol is changed.
EDIT = "console:edit"
# Read by researchers and programs, never by participants.
UNREAD = {"slug", "stimulus_set", "question_order", "consent_version", "languages", "assignment",
          "trials", "checks", "items", "device", "panel", "pay", "sample", "stopping", "analysis",
          "dropped", "within", "before", "follows", "study"}  # fmt: skip
# What the default texts, and the starter's, say of explanations.
BESIDE = ("each beside a second picture", "beside it, an explanation")
UNREAD_KEYS = {"name", "kind", "items", "pool", "condition", "feedback", "questionnaire",
               "again", "place", "order", "told"}  # fmt: skip
# Defaults, which are translated, and what stands in the place of a text.
WORDLESS = DEFAULTS | {"", ITEM}


def protocol_points(survey: Survey) -> Iterator[Point]:
    protocol = survey.protocol
    yield _languages(protocol, survey.stimulus_set.manifest["classes"])
    left = left_of_starter(protocol, survey.stimulus_set.manifest)
    yield _information(protocol, left)
    yield _starter(left)
    yield from _alone(protocol)
    yield from _panel(protocol)
    yield from _plan(survey)


def _information(protocol: Protocol, left: list[str]) -> Point:
    whose = ""
    if protocol.texts.information == DEFAULT_INFORMATION:
        whose = "the default text"
    elif "texts.information" in left:
        whose = "the starter’s text"
    return point(
        "The information page is your own",
        not whose,
        f"It is {whose}, which names no institution." if whose else "Yes.",
        "Write under Edit, Information (texts.information), what your ethics committee approved: "
        "who is responsible, whom to contact, what is stored and for how long.",
        EDIT,
    )


def _starter(left: list[str]) -> Point:
    """Samples that stand for what only the researcher knows; the information has its own point."""
    samples = [key for key in left if key != "texts.information"]
    shown = ", ".join(samples[:3]) + (f" and {len(samples) - 3} more" if samples[3:] else "")
    return point(
        "No sample text of the starter is left",
        not samples,
        f"Unchanged from the starter: {shown}." if samples else "None.",
        "Describe what each kind of picture shows, and set your own completion codes.",
        EDIT,
    )


def _alone(protocol: Protocol) -> Iterator[Point]:
    """Who sees the image alone must not read of an explanation beside it."""
    if NO_EXPLANATION not in shown_conditions(protocol):
        return
    wrong = [
        key
        for key in ("information", "introduction")
        if any(
            words in text for text in wordings_of(getattr(protocol.texts, key)) for words in BESIDE
        )
    ]
    keys = " and ".join(f"texts.{key}" for key in wrong)
    yield point(
        "Texts for everyone are true without an explanation",
        not wrong,
        f"{keys} {'mention' if wrong[1:] else 'mentions'} an explanation beside each image. "
        f"Participants in the condition {NO_EXPLANATION!r} read this, too."
        if wrong
        else "They mention no explanation.",
        f"Make {keys} true in every condition, and describe what is shown beside the image in the "
        "introduction of each other condition.",
        EDIT,
    )


def _languages(protocol: Protocol, classes: list[str]) -> Point:
    title, names = "Every text exists in every language", protocol.languages
    lacking = [key for key, text in _texts(protocol) if isinstance(text, str)]
    lacking += [f"labels.{name}" for name in classes if name not in protocol.labels]
    if len(names) == 1:
        return point(title, True, f"The only language is {LANGUAGE_NAMES[names[0]]}.", "")
    shown = ", ".join(lacking[:3]) + (f" and {len(lacking) - 3} more" if lacking[3:] else "")
    return point(
        title,
        not lacking,
        f"Not translated: {shown}." if lacking else f"{len(names)} languages.",
        'Give one text for each language, such as {en = "boat", it = "barca"}.',
        EDIT,
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
    elif name in ("labels", "task.told_labels"):
        for key, part in value.items():
            yield from _texts(part, join(name, key))
    elif isinstance(value, dict) or (isinstance(value, str) and value not in WORDLESS):
        yield name, value


def _panel(protocol: Protocol) -> Iterator[Point]:
    panel = protocol.panel
    if not panel.name:
        return
    due = {"complete", "no_consent", "closed", "partial", "withdrawn"}
    due |= {"screened_out"} if protocol.comprehension.questions else set()
    due |= {"failed_checks"} if protocol.checks.attention_after else set()
    due |= {"full"} if protocol.assignment.places else set()
    missing = sorted(code.replace("_", " ") for code in due if not getattr(panel.codes, code))
    # A worker of Mechanical Turk copies the code into the page beside ours.
    missing += [] if panel.return_url or panel.name in NO_WAY_BACK else ["the way back"]
    yield point(
        "Every outcome has a completion code",
        not missing,
        f"Missing: {', '.join(missing)}." if missing else "All are set.",
        f"Copy them from {panel.title or 'the panel'} and enter them under Edit, Recruiting and "
        "Codes for other endings (panel.codes and panel.return_url).",
        EDIT,
    )


def _plan(survey: Survey) -> Iterator[Point]:
    protocol = survey.protocol
    size, stopping, places = protocol.sample.size, protocol.stopping, protocol.assignment.places
    yield point(
        "The sample size is stated",
        size > 0 and bool(protocol.sample.justification),
        f"{size} participants who {protocol.sample.counts}"
        f"{'' if protocol.sample.justification else ', without a justification'}."
        if size
        else "Not stated.",
        "Enter both under Edit, Sample (sample.size and sample.justification); the page Sample "
        "size computes one.",
        EDIT,
    )
    yield point(
        "Places cover the sample",
        not places or places >= size,
        f"{places} places." if places else "The number of places is not limited.",
        f"Enter {size} or more under Edit, Places (assignment.places), or 0 for no limit.",
        EDIT,
    )
    yield point(
        "The stopping rule is stated",
        bool(stopping.rule),
        (stopping.rule if len(stopping.rule) <= 120 else f"{stopping.rule[:119]}…")
        if stopping.rule
        else "Not stated.",
        "Enter it under Edit, Sample (stopping.rule). In the text, stopping.close = true closes "
        "the study by itself.",
        EDIT,
    )
    has_plan = bool(survey.protocol_json.get("analysis"))
    yield point(
        "The analysis plan is part of the protocol",
        has_plan,
        "Yes." if has_plan else "No.",
        "Before you see any data, state the tests, exclusions and margins under Edit, Analysis "
        "plan.",
        EDIT,
    )
