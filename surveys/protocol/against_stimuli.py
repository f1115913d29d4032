"""Compares a protocol with the stimulus set that it names: each asks for no more than there is."""

from collections.abc import Iterator
from typing import Any

from surveys.protocol.schema import CANT_TELL, NO_EXPLANATION, Protocol
from toml_files.document import Document

# The key and the sentence.
Found = Iterator[tuple[str, str]]


def check_stimuli(protocol: Protocol, manifest: dict[str, Any], document: Document) -> None:
    """Raises ProtocolError with everything that the stimulus set does not have."""
    for key, sentence in _problems(protocol, manifest):
        document.note(key, sentence)
    document.raise_problems()


def _problems(protocol: Protocol, manifest: dict[str, Any]) -> Found:
    rendered, classes = manifest["conditions"], manifest["classes"]
    for index, arm in enumerate(protocol.conditions, start=1):
        if arm.name not in (*rendered, NO_EXPLANATION):
            yield (
                f"conditions[{index}].name",
                f"the condition {arm.name!r} is not in the stimulus set; "
                f"it has {', '.join(rendered)}.",
            )
    yield from _wrong_drops(protocol, manifest)
    yield from _wrong_counts(protocol, manifest)
    for name in protocol.labels:
        if name not in classes:
            yield (
                f"labels.{name}",
                f"labels.{name} is no class of the stimulus set; it has {', '.join(classes)}.",
            )
    if CANT_TELL in classes:
        yield (
            "stimulus_set",
            f"the stimulus set has a class named {CANT_TELL!r}, which stands for "
            "“I just can’t tell”; rename the class.",
        )


def _wrong_drops(protocol: Protocol, manifest: dict[str, Any]) -> Found:
    names = {row["name"] for row in manifest["items"]}
    for name in protocol.dropped:
        if name not in names:
            yield (f"dropped.{name}", f"dropped.{name} is no item of the stimulus set.")
    if names and names <= set(protocol.dropped):
        yield ("dropped", "dropped leaves no item to ask about; keep one.")


def _wrong_counts(protocol: Protocol, manifest: dict[str, Any]) -> Found:
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
            yield (
                key,
                f"{key} must be at most {limit}, since the stimulus set {reason}, "
                f"but is {int(asked)}.",
            )
