"""A commented protocol to begin a study with, made for a given stimulus set."""

import os
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from pv_engine.recipe.conditions import introduction
from pv_engine.stimulus_sets.manifest import read_manifest
from surveys.protocol.reader import parse_protocol
from surveys.studies.versions import write_new_file
from toml_files.editing import set_value

TEMPLATE = "surveys/starter_protocol.toml"


def starter_protocol(manifest: dict[str, Any], folder: str = "", slug: str = "my-study") -> str:
    """The protocol's text; it names the stimulus set by `folder` or, without one, by content."""
    recipe = manifest.get("recipe", {})
    conditions = [(name, introduction(name, recipe)) for name in manifest["conditions"]]
    context = {
        "conditions": conditions,
        "n_items": len(manifest["items"]),
        "has_examples": bool(manifest["examples"]),
        "classes": manifest["classes"],
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
