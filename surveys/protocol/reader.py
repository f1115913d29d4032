"""Reads a protocol from its TOML file, strictly: a key that means nothing is an error, too."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from surveys.errors import ProtocolError
from surveys.protocol.design.groups import seen_by_all, shown_conditions
from surveys.protocol.languages import in_order
from surveys.protocol.schema import Protocol
from surveys.protocol.values import LANGUAGES
from toml_files.document import Document
from toml_files.reading import read


def parse_protocol(text: str, file: Path | str, slug: str = "") -> Protocol:
    """The protocol of a text; ProtocolError with everything that is wrong. `file` is only named.

    `slug` replaces the one in the text.
    """
    document = Document.parse(text, file, ProtocolError)
    if slug:
        document.table["slug"] = slug
    # Every text may have one wording for each of them.
    languages = _known(document.table.get("languages", ["en"]))
    document.table.update(in_order(document.table, languages))
    protocol = read(Protocol, document, context={"languages": languages})
    if "analysis" in document.table and not any(
        map(document.has_problem, ("conditions", "analysis", "within", "blocks"))
    ):
        names, shared = shown_conditions(protocol), seen_by_all(protocol)
        for key, sentence in plan_problems(document.table["analysis"], names, shared):
            document.note(key, sentence)
    document.raise_problems()
    return protocol


def _known(languages: Any) -> list[str]:
    """The languages that texts must have; none if the list cannot be read."""
    is_readable = isinstance(languages, list) and all(each in LANGUAGES for each in languages)
    return languages if is_readable else []


def plan_problems(
    section: Any, conditions: Sequence[str], shared: Sequence[str] = ()
) -> list[tuple[str, str]]:
    """What is wrong with the section of a protocol with these conditions: keys and sentences.

    `shared` are the conditions that every participant sees.
    """
    check: Callable[[Any, Sequence[str], Sequence[str]], list[tuple[str, str]]]
    check = import_string(settings.ANALYSIS_PLAN_CHECK)
    return check(section, conditions, shared)
