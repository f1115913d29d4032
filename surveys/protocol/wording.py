"""Texts of a protocol in the language of their reader."""

import hashlib
from dataclasses import fields
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_from_request, gettext, override

from surveys.protocol.questions.kind import CANT_TELL
from surveys.protocol.schema import Protocol, Texts
from surveys.protocol.task import Task, TaskQuestion
from surveys.protocol.values import Text, stored_option

DEFAULTS = {row.default for row in fields(Texts) if row.default}
LANGUAGE_NAMES = dict(settings.LANGUAGES)


def wording(text: Text, language: str) -> str:
    """The text in that language; a default text comes from our own translations."""
    if isinstance(text, dict):
        return text.get(language) or next(iter(text.values()))
    if text not in DEFAULTS:
        return text
    with override(language):
        return gettext(text)


def wordings(section: Any, language: str) -> dict[str, str]:
    """Every text of a flat dataclass of texts, by its name."""
    return {row.name: wording(getattr(section, row.name), language) for row in fields(section)}


def option_label(
    protocol: Protocol, option: str, language: str, question: TaskQuestion | None = None
) -> str:
    """What participants read for an option of a question, by default of the first.

    It is the protocol's wording, a class's label, or the wording of "can't tell".
    """
    if option == CANT_TELL:
        return wording(protocol.texts.cant_tell, language)
    asked = question or protocol.task.first
    if not isinstance(asked.options, str):
        own = {stored_option(each): each for each in asked.options}
        return wording(own.get(option, option), language)
    return class_label(protocol, option, language)


def class_label(protocol: Protocol, name: str, language: str) -> str:
    """What participants read for a class."""
    return wording(protocol.labels[name], language) if name in protocol.labels else name


def task_of(protocol: Protocol) -> Task | None:
    """The protocol's task; None for that of every study without one of its own."""
    return protocol.task if protocol.task != Task() else None


def legend_of(protocol: Protocol, language: str) -> tuple[str, str, str] | None:
    """The colours of the bar below explanations, and what its two ends mean; None for none."""
    if not protocol.task.legend:
        return None
    ends = (protocol.texts.legend_low, protocol.texts.legend_high)
    low, high = (wording(end, language) for end in ends)
    return protocol.task.legend, low, high


def preferred_language(request: HttpRequest, protocol: Protocol) -> str:
    """The protocol's language that the visitor's browser asks for, else the protocol's first."""
    asked = get_language_from_request(request)
    return asked if asked in protocol.languages else protocol.languages[0]


def consent_version(protocol: Protocol, language: str) -> str:
    """The researcher's own name for the version, if any, and a hash of the wording as it was read.

    The hash is the start of the SHA-256 of information and consent, joined by a line break, in the
    participant's language.
    """
    texts = protocol.texts
    read = "\n".join(
        wording(text, language or protocol.languages[0])
        for text in (texts.information, texts.consent)
    )
    digest = hashlib.sha256(read.encode()).hexdigest()[:12]
    return f"{protocol.consent_version} {digest}".strip()
