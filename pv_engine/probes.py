"""Probes for what builds need: packages, a folder with space, a store, a device, weights."""

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.core.files.storage import storages

from pv_engine.errors import EngineError
from pv_engine.recipe.reading import Recipe, read_recipe
from study.probes.probe import Finding, Probe, first_line, ok

GIB = 1024**3
# A demo build takes 0.2 GiB; one of photographs takes more, for its tables.
SCARCE, TOO_LITTLE = 5 * GIB, GIB
PACKAGES = ("torch", "torchvision", "timm", "pytorch_grad_cam", "safetensors")
DRIVER = Path("/proc/driver/nvidia/version")


def packages() -> Finding:
    """Check that the packages can be found; importing torch would take seconds."""
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if not missing:
        return ok("All can be imported.")
    return Finding(
        "missing",
        f"Stimuli cannot be built here: {', '.join(missing)} cannot be imported.",
        "Run `make install`. A machine that only serves studies does not need them.",
    )


def folder() -> Finding:
    place = _existing(Path(settings.BUILDS_DIR))
    if place.is_dir() and os.access(place, os.W_OK):
        return ok(f"{settings.BUILDS_DIR} can be written.")
    return Finding(
        "missing",
        f"{place} cannot be written.",
        "Allow this user to write it, or name another folder in BUILDS_DIR.",
    )


def disk() -> Finding:
    place = _existing(Path(settings.BUILDS_DIR))
    free = shutil.disk_usage(place).free
    found = f"{free / GIB:.1f} GiB are free at {place}."
    remedy = "Free some space, or name a folder on a larger disk in BUILDS_DIR."
    if free < TOO_LITTLE:
        return Finding("missing", found, remedy)
    return Finding("note", found, remedy) if free < SCARCE else ok(found)


def store() -> Finding:
    if "builds" not in storages.backends:
        return ok("Folders on this machine, or mounted on it.")
    bucket = settings.STORAGES["builds"]["OPTIONS"]["bucket_name"]
    try:
        storages["builds"].exists("doctor")
        storages["stimuli"].exists("doctor")
    except Exception as error:  # noqa: BLE001 - whatever the client raises, it does not answer
        return Finding(
            "missing",
            f"The bucket {bucket} does not answer: {first_line(error)}",
            "Create the bucket, or correct the settings that begin with S3_.",
        )
    return ok(f"The bucket {bucket} answers.")


def device() -> Finding:
    try:
        import torch
    except ImportError:
        return Finding("note", "PyTorch is not installed: this machine cannot build stimuli.",
            "Run `make install` on machines that build stimuli.",
        )  # fmt: skip
    if torch.cuda.is_available():
        count = torch.cuda.device_count()
        return ok(f"{count} GPU: {torch.cuda.get_device_name()}.")
    if not DRIVER.exists():
        return Finding("note", "No NVIDIA driver is loaded: builds run on the CPU.",
            "If this machine has a GPU, install NVIDIA's driver and restart.",
        )  # fmt: skip
    built = f"for CUDA {torch.version.cuda}" if torch.version.cuda else "without CUDA"
    return Finding("missing", f"A driver is loaded, but PyTorch, built {built}, finds no GPU.",
        "Install a PyTorch build for a CUDA version that the driver supports; see `nvidia-smi`.",
    )  # fmt: skip


def weights() -> Finding:
    """Check the weights that the console's recipes name."""
    named = [
        (recipe.name, recipe.path(recipe.classifier.weights))
        for recipe in _recipes()
        if recipe.classifier.weights not in ("", "default")
    ]
    lost = [f"{name}: {path}" for name, path in named if not path.is_file()]
    if not lost:
        return ok(f"All weights of the recipes in {settings.RECIPES_DIR} are present.")
    return Finding(
        "note",
        f"Missing for {'; '.join(lost)}.",
        "Put the files there; until then, these recipes cannot be built.",
    )


def _recipes() -> Iterator[Recipe]:
    for path in sorted(Path(settings.RECIPES_DIR).glob("*.toml")):
        try:
            yield read_recipe(path)
        except EngineError:
            continue  # the console reports its errors


def _existing(path: Path) -> Path:
    return next(each for each in (path, *path.parents) if each.exists())


# In the order in which the doctor reports them.
PROBES = (
    Probe("packages", packages, "pv_engine.W001"),
    Probe("folder", folder, "pv_engine.E001"),
    Probe("disk", disk),
    Probe("store", store),
    Probe("device", device),
    Probe("weights", weights),
)
