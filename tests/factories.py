"""Builds stimulus folders, protocols and surveys for tests, in one line each."""

import hashlib
import io
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.test import Client
from PIL import Image, ImageDraw, ImageFilter

from pv_engine.stimulus_sets.manifest import content_sha256
from surveys.models import Survey
from surveys.studies.lifecycle.publishing import open_survey
from surveys.studies.protocols.loading import load_study

CLASSES = ("boat", "fish", "house", "tree", "umbrella", "sun", "kite", "train")
COLOURS = ("#c8553d", "#588157", "#3d5a80", "#e9c46a", "#9d4edd", "#2a9d8f", "#b5838d", "#6c757d")


def make_stimulus_folder(
    path: Path,
    n_wrong: int = 2,
    n_right: int = 2,
    conditions: Sequence[str] = ("gradcam", "pv"),
    n_examples: int = 1,
    seed: int = 0,
    size: int = 48,
) -> Path:
    """Write a small stimulus folder of drawn shapes and return its path."""
    drawer = random.Random(seed)
    strata = ["model_wrong"] * n_wrong + ["model_right"] * n_right
    drawer.shuffle(strata)
    (path / "images").mkdir(parents=True)
    items = [
        _make_item(path, f"item-{index:02d}", stratum, conditions, drawer, size)
        for index, stratum in enumerate(strata, start=1)
    ]
    examples = [
        _make_item(path, f"example-{index}", "model_right", conditions, drawer, size)
        for index in range(1, n_examples + 1)
    ]
    manifest: dict[str, Any] = {
        "schema_version": 1,
        "name": "shapes",
        "recipe_sha256": hashlib.sha256(str(seed).encode()).hexdigest(),
        "recipe": {},
        "seed": seed,
        "versions": {},
        "classifier": {"architecture": "none", "sha256": "", "quality": {}},
        "decoder": {"sha256": "", "quality": {}},
        "classes": list(CLASSES),
        "conditions": list(conditions),
        "items": items,
        "examples": examples,
    }
    write_manifest(path, manifest)
    return path


def write_manifest(path: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest with the content hash that belongs to it."""
    manifest["content_sha256"] = content_sha256(manifest)
    (path / "manifest.json").write_text(json.dumps(manifest, indent=1))


def _make_item(
    path: Path,
    name: str,
    stratum: str,
    conditions: Sequence[str],
    drawer: random.Random,
    size: int,
) -> dict[str, Any]:
    options = drawer.sample(CLASSES, 4)
    prediction, other = drawer.sample(options, 2)
    true_label = prediction if stratum == "model_right" else other
    picture = _draw_scene(drawer, size)
    softer = [picture.filter(ImageFilter.GaussianBlur(size * 0.03 * (1 + index)))
              for index, _ in enumerate(conditions)]  # fmt: skip
    return {
        "name": name,
        "source": f"scene-{drawer.randrange(10**6):06d}",
        "stratum": stratum,
        "prediction": prediction,
        "predicted_set": [prediction],
        "true_labels": [true_label],
        "options": options,
        "images": {
            "original": _write_image(path, picture),
            **{
                kind: _write_image(path, image)
                for kind, image in zip(conditions, softer, strict=True)
            },
        },
    }


def _draw_scene(drawer: random.Random, size: int) -> Image.Image:
    image = Image.new("RGB", (size, size), drawer.choice(("#dfe7ec", "#f1e9da", "#d8e8d2")))
    draw = ImageDraw.Draw(image)
    for _ in range(6):
        x, y = drawer.randrange(size), drawer.randrange(size)
        radius = drawer.randrange(size // 10, size // 4)
        box = (x - radius, y - radius, x + radius, y + radius)
        drawer.choice((draw.ellipse, draw.rectangle))(box, fill=drawer.choice(COLOURS))
    return image


def _write_image(path: Path, image: Image.Image) -> str:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", lossless=True, quality=0, method=0)
    name = f"{hashlib.sha256(buffer.getvalue()).hexdigest()}.webp"
    (path / "images" / name).write_bytes(buffer.getvalue())
    return name


def make_protocol(
    folder: Path,
    slug: str = "shapes",
    conditions: Sequence[str] = ("gradcam", "pv"),
    ratios: Sequence[int] | None = None,
    stimuli: str = "stimuli",
    more: str = "",
    seed: int = 7,
) -> Path:
    """Write a protocol file beside its stimulus folder and return its path."""
    tables = "".join(
        f'\n[[conditions]]\nname = "{name}"\nratio = {ratio}\n'
        for name, ratio in zip(conditions, ratios or [1] * len(conditions), strict=True)
    )
    file = folder / f"{slug}.toml"
    file.write_text(
        f'slug = "{slug}"\ntitle = "What does the model see?"\n'
        f'stimulus_set = "{stimuli}"\nseed = {seed}\n{more}\n{tables}'
    )
    return file


def make_survey(
    folder: Path,
    slug: str = "shapes",
    n_wrong: int = 2,
    n_right: int = 2,
    conditions: Sequence[str] = ("gradcam", "pv"),
    ratios: Sequence[int] | None = None,
    is_open: bool = True,
    n_examples: int = 1,
    more: str = "",
) -> Survey:
    """A loaded survey, open unless asked otherwise."""
    if not (folder / "stimuli").exists():
        make_stimulus_folder(folder / "stimuli", n_wrong, n_right, conditions, n_examples)
    survey, _ = load_study(make_protocol(folder, slug, conditions, ratios, more=more))
    if is_open:
        open_survey(survey)
    return survey


def make_browser() -> Client:
    """A browser that keeps cookies and sends the tokens that Django's forms need."""
    return Client(enforce_csrf_checks=True)
