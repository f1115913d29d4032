"""A commented protocol to begin a study with, made for a given stimulus set."""

import os
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from pv_engine.recipe.conditions import UNEXPLAINED, introduction
from pv_engine.stimulus_sets.manifest import read_manifest
from study.configuration.commands import command
from surveys.protocol.reader import parse_protocol
from surveys.protocol.schema import NO_EXPLANATION, Protocol
from surveys.protocol.values import Text
from surveys.studies.protocols.versions import write_new_file
from toml_files.editing import set_value

TEMPLATE = "surveys/starter_protocol.toml"
SAMPLE_CODE = re.compile(r'^# \w+ = "(C\d[A-Z]+)"$', re.MULTILINE)


def starter_protocol(manifest: dict[str, Any], folder: str = "", slug: str = "my-study") -> str:
    """The protocol's text; it names the stimulus set by `folder` or, without one, by content."""
    recipe = manifest.get("recipe", {})
    conditions = [(name, introduction(name, recipe)) for name in manifest["conditions"]]
    context = {
        "conditions": conditions,
        "n_items": len(manifest["items"]),
        "has_examples": bool(manifest["examples"]),
        "classes": manifest["classes"],
        # A segmentation network's answer is what it marks; the outline of that may be drawn.
        "marks": recipe.get("classifier", {}).get("task") == "segmentation",
        "outlined": recipe.get("rendering", {}).get("outline", False),
        "shows_alone": NO_EXPLANATION in manifest["conditions"],
        "load": command("load_study FILE.toml"),
        "stimulus_set": folder or manifest["content_sha256"],
    }
    text = render_to_string(TEMPLATE, context)
    return set_value(text, "slug", value=slug)


def write_starter(stimuli: Path, out: Path, slug: str) -> None:
    """Write a protocol for a stimulus folder into a new file; it loads as it is.

    Raises SurveyError for a file that exists, and the engine's error for a folder that is none.
    """
    folder = os.path.relpath(stimuli.resolve(), out.resolve().parent)
    text = starter_protocol(read_manifest(stimuli), Path(folder).as_posix(), slug)
    parse_protocol(text, out)
    write_new_file(out, text)


def left_of_starter(protocol: Protocol, manifest: dict[str, Any]) -> list[str]:
    """The keys of a protocol in which the starter's own words or codes still stand."""
    text = starter_protocol(manifest)
    starter = parse_protocol(text, "The starter protocol")
    codes = set(SAMPLE_CODE.findall(text))
    found = ["texts.information"] if _same(protocol.texts.information, starter) else []
    found += [
        f"conditions[{index}].introduction"
        for index, arm in enumerate(protocol.conditions, start=1)
        if UNEXPLAINED in wordings_of(arm.introduction)
    ]
    given = asdict(protocol.panel.codes)
    return found + [f"panel.codes.{name}" for name, code in given.items() if code in codes]


def _same(information: Text, starter: Protocol) -> bool:
    """Whether it is the starter's in any language, whatever the number of images."""
    (words,) = wordings_of(starter.texts.information)
    return words in wordings_of(information)


def wordings_of(text: Text) -> set[str]:
    """Return the text in each language, regardless of line breaks and numbers."""
    texts = text.values() if isinstance(text, dict) else [text]
    return {" ".join(re.sub(r"\d+", "0", each).split()) for each in texts}
