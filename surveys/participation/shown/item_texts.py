"""Texts about an item that the protocol shows with it."""

from dataclasses import dataclass

from django.utils.translation import gettext, override

from pv_engine.models import Item
from surveys.protocol.schema import Protocol
from surveys.protocol.task import PREDICTION, TRUTH
from surveys.protocol.wording import class_label, wording


@dataclass(frozen=True)
class Told:
    """A text, and what stands before it, if anything."""

    label: str
    text: str


def told_of(protocol: Protocol, item: Item, language: str) -> list[Told]:
    """Return the texts that `task.told` names, in its order; an item may lack some."""
    found = [(name, _text_of(protocol, item, name, language)) for name in protocol.task.told]
    return [Told(_label_of(protocol, name, language), text) for name, text in found if text]


def _text_of(protocol: Protocol, item: Item, name: str, language: str) -> str:
    if name == TRUTH:
        return ", ".join(class_label(protocol, label, language) for label in item.true_labels)
    if name == PREDICTION:
        return class_label(protocol, item.prediction, language)
    return str(item.texts.get(name, ""))


def _label_of(protocol: Protocol, name: str, language: str) -> str:
    if name in protocol.task.told_labels:
        return wording(protocol.task.told_labels[name], language)
    with override(language):
        known = {TRUTH: gettext("In the image"), PREDICTION: gettext("The model’s answer")}
    return known.get(name, "")
