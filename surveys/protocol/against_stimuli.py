"""Compares a protocol with the stimulus set that it names: each asks for no more than there is."""

from collections.abc import Iterator
from typing import Any

from surveys.errors import ProtocolError
from surveys.protocol.problems import ProblemCollector
from surveys.protocol.schema import CANT_TELL, NO_EXPLANATION, Protocol


def check_stimuli(
    protocol: Protocol, manifest: dict[str, Any], collector: ProblemCollector
) -> None:
    """Raises ProtocolError with everything that the stimulus set does not have."""
    for error in _problems(protocol, manifest, collector):
        collector.note(error)
    collector.raise_problems()


def _problems(
    protocol: Protocol, manifest: dict[str, Any], collector: ProblemCollector
) -> Iterator[ProtocolError]:
    rendered, classes = manifest["conditions"], manifest["classes"]
    for index, arm in enumerate(protocol.conditions, start=1):
        if arm.name not in (*rendered, NO_EXPLANATION):
            yield collector.problem(
                f"conditions[{index}].name",
                f"the condition {arm.name!r} is not in the stimulus set; "
                f"it has {', '.join(rendered)}.",
            )
    yield from _wrong_drops(protocol, manifest, collector)
    yield from _wrong_counts(protocol, manifest, collector)
    for name in protocol.labels:
        if name not in classes:
            yield collector.problem(
                f"labels.{name}",
                f"labels.{name} is no class of the stimulus set; it has {', '.join(classes)}.",
            )
    if CANT_TELL in classes:
        yield collector.problem(
            "stimulus_set",
            f"the stimulus set has a class named {CANT_TELL!r}, which stands for "
            "“I just can’t tell”; rename the class.",
        )


def _wrong_drops(
    protocol: Protocol, manifest: dict[str, Any], collector: ProblemCollector
) -> Iterator[ProtocolError]:
    names = {row["name"] for row in manifest["items"]}
    for name in protocol.dropped:
        if name not in names:
            yield collector.problem(
                f"dropped.{name}", f"dropped.{name} is no item of the stimulus set."
            )
    if names and names <= set(protocol.dropped):
        yield collector.problem("dropped", "dropped leaves no item to ask about; keep one.")


def _wrong_counts(
    protocol: Protocol, manifest: dict[str, Any], collector: ProblemCollector
) -> Iterator[ProtocolError]:
    asked_about = {row["name"] for row in manifest["items"]} - set(protocol.dropped)
    n_items, n_examples = len(asked_about), len(manifest["examples"])
    items = f"has {n_items} items" + (" that are not dropped" if protocol.dropped else "")
    after = protocol.checks.attention_after
    limits = (
        ("practice", protocol.practice, n_examples, f"has {n_examples} examples"),
        ("checks.repeats", protocol.checks.repeats, n_items // 2, items),
        ("checks.attention_after", max(after, default=0), n_items, items),
        ("checks.attention_after", bool(after), n_examples, "has no examples to ask about"),
    )
    for key, asked, limit, reason in limits:
        if asked > limit:
            yield collector.problem(
                key,
                f"{key} must be at most {limit}, since the stimulus set {reason}, "
                f"but is {int(asked)}.",
            )
