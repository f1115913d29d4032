"""Compares a protocol with the stimulus set that it names: each asks for no more than there is."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from surveys.protocol.design.blocks import ARM, SAME, WITHIN
from surveys.protocol.design.groups import asking_parts
from surveys.protocol.design.sizes import available, find_shortages, n_asked
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
    for key, name in _named_conditions(protocol):
        if name not in (*rendered, NO_EXPLANATION):
            yield (
                key,
                f"the condition {name!r} is not in the stimulus set; it has {', '.join(rendered)}.",
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


def _named_conditions(protocol: Protocol) -> Iterator[tuple[str, str]]:
    """Each key that names a condition of the set, and the name."""
    for index, arm in enumerate(protocol.conditions, start=1):
        yield f"conditions[{index}].name", arm.name
    for index, block in enumerate(protocol.blocks, start=1):
        if block.condition not in (ARM, WITHIN, SAME):
            yield f"blocks[{index}].condition", block.condition


def _wrong_drops(protocol: Protocol, manifest: dict[str, Any]) -> Found:
    names = {row["name"] for row in manifest["items"]}
    for name in protocol.dropped:
        if name not in names:
            yield (f"dropped.{name}", f"dropped.{name} is no item of the stimulus set.")
    if names and names <= set(protocol.dropped):
        yield ("dropped", "dropped leaves no item to ask about; keep one.")


def _wrong_counts(protocol: Protocol, manifest: dict[str, Any]) -> Found:
    strata = Counter(
        row["stratum"] for row in manifest["items"] if row["name"] not in protocol.dropped
    )
    n_items, n_examples = strata.total(), len(manifest["examples"])
    not_dropped = " that are not dropped" if protocol.dropped else ""
    items = f"has {n_items} items{not_dropped}"
    yield from _too_large_draws(protocol, strata, not_dropped)
    if protocol.items.is_partial:
        n_items = protocol.items.n_of(n_items)
        items = f"gives each participant {n_items} items"
    shortages = list(_too_large_blocks(protocol, strata, n_examples, not_dropped))
    yield from shortages
    if protocol.parts and not shortages:
        n_items = n_asked(protocol, strata, n_examples)
        items = f"with these blocks gives each participant {n_items} questions"
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


def _too_large_blocks(
    protocol: Protocol, strata: Counter[str], n_examples: int, not_dropped: str
) -> Found:
    """Blocks that ask for more than there is, and conditions without an item."""
    free = max(0, n_examples - protocol.practice)
    pools = {
        "items": (available(protocol, strata), f"items{not_dropped}"),
        "examples": ({"": free}, "examples that are not for practice"),
    }
    for pool, (there, what) in pools.items():
        blocks = asking_parts(protocol, pool)
        places = [protocol.parts.index(block) + 1 for block in blocks]
        for short in find_shortages(blocks, there):
            key = f"blocks[{places[short.block]}].items" if protocol.blocks else "within"
            of = f" of the stratum {short.stratum}" if short.stratum else ""
            yield (
                key,
                f"{key} needs {short.wanted} {what}{of}, but the other blocks leave "
                f"{short.left} of {there.get(short.stratum, sum(there.values()))}.",
            )


def _too_large_draws(protocol: Protocol, strata: Counter[str], not_dropped: str) -> Found:
    for stratum, wanted in protocol.items.sizes.items():
        there = strata[stratum] if stratum else strata.total()
        key = f"items.strata.{stratum}" if stratum else "items.per_participant"
        if wanted > there:
            of = f" of the stratum {stratum}" if stratum else ""
            yield (
                key,
                f"{key} must be at most {there}, since the stimulus set has {there} items{of}"
                f"{not_dropped}, but is {wanted}.",
            )
