"""Last phase: the manifest, and the finished stimulus folder under its hash."""

import hashlib
import importlib.metadata
import json
import platform
from pathlib import Path
from typing import Any

from pv_engine.data.atomic_files import write_atomically
from pv_engine.networks.weights.files import weights_sha256
from pv_engine.pipeline.quality.phase import quality_path
from pv_engine.pipeline.workspace import PhaseProgress, Workspace
from pv_engine.recipe.reading import Recipe
from pv_engine.runtime.device import describe_arithmetic
from pv_engine.stimulus_sets.manifest import SCHEMA_VERSION, content_sha256
from pv_engine.stimulus_sets.writing import write_folder

# What the quality phase measures beside the decoder, where the recipe asks for it.
MEASURED = ("legibility", "exemplars")
VERSIONED = ("torch", "torchvision", "timm", "grad-cam", "numpy", "pillow")


class PublishPhase:
    """Copies the pictures beside their manifest, then renames the whole folder into place."""

    name = "publish"

    def __init__(self, workspace: Workspace, out_dir: Path) -> None:
        self.workspace = workspace
        self.out_dir = out_dir

    @property
    def _mark(self) -> Path:
        return self.workspace.folder / "published.json"

    @property
    def stimulus_folder(self) -> Path | None:
        """The finished folder, or None before there is one."""
        if not self._mark.is_file():
            return None
        mark = json.loads(self._mark.read_text())
        if mark.get("recipe_sha256", self.workspace.recipe.sha256) != self.workspace.recipe.sha256:
            return None  # the same stimuli, measured by another [quality]
        folder = self.out_dir / mark["folder"]
        return folder if (folder / "manifest.json").is_file() else None

    @property
    def is_done(self) -> bool:
        return self.stimulus_folder is not None

    def advance(self, seconds: float) -> PhaseProgress:
        """Publish in one go; what is there under the same hash already is the same."""
        pictures = self.workspace.pictures_path
        name = write_folder(self._manifest(), pictures, self.out_dir, self._own_name).name
        mark = {"folder": name, "recipe_sha256": self.workspace.recipe.sha256}
        write_atomically(self._mark, json.dumps(mark).encode())
        return PhaseProgress(1, 1, f"Stimulus set {name}")

    @property
    def _own_name(self) -> str:
        """The same when this build is resumed, another one for another build of the same set."""
        return hashlib.sha256(str(self.workspace.folder).encode()).hexdigest()[:8]

    def _manifest(self) -> dict[str, Any]:
        workspace, recipe = self.workspace, self.workspace.recipe
        picks = json.loads(workspace.picks_path.read_text())
        rendered = json.loads(workspace.rendered_path.read_text())
        quality = json.loads(quality_path(workspace).read_text())
        items = len(picks["items"])
        manifest = {
            "schema_version": SCHEMA_VERSION,
            "name": recipe.name,
            "recipe_sha256": recipe.sha256,
            "recipe": recipe.settings,
            "seed": recipe.seed,
            "versions": _versions(workspace.resources.foresee),
            "machine": describe_arithmetic(workspace.device),
            "classifier": {
                "architecture": recipe.classifier.architecture,
                "sha256": weights_sha256(workspace.classifier),
                "start": _start(recipe),
                "identity_error": workspace.classifier.identity_error,
                **workspace.classifier.normalisation,
                "transform": workspace.transform.described if workspace.transform else "square",
                "quality": picks["classifier_quality"],
            },
            "decoder": {
                "sha256": weights_sha256(workspace.decoder),
                "quality": quality["decoder"],
            },
            **{key: value for key, value in quality.items() if key in MEASURED},
            "empty_maps": picks["empty_maps"],
            **({"shortage": picks["shortage"]} if picks.get("shortage") else {}),
            "left_out": workspace.left_out(),
            **({"notes": workspace.notes()} if workspace.notes() else {}),
            "classes": list(workspace.source.classes),
            "conditions": [*recipe.rendering.conditions, *recipe.rendering.further_kinds],
            "items": rendered[:items],
            "examples": rendered[items:],
        }
        return {**manifest, "content_sha256": content_sha256(manifest)}


def _start(recipe: Recipe) -> dict[str, str]:
    """What weights the classifier started from: random, the library's, or a file by its hash."""
    file = recipe.weights_file
    if file is None:
        return {"weights": recipe.classifier.weights or "random"}
    return {"weights": "file", "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}


def _versions(foresee: str) -> dict[str, str]:
    libraries = {name: importlib.metadata.version(name) for name in VERSIONED}
    own = {"foresee": foresee} if foresee else {}
    return {**own, "python": platform.python_version(), **libraries}
