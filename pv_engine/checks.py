"""System checks of the engine; none of them imports torch."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

PACKAGES = ("torch", "torchvision", "timm", "pytorch_grad_cam", "safetensors")


@register()
def builds_folder_is_usable(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    folder = Path(settings.BUILDS_DIR)
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if existing.is_dir() and os.access(existing, os.W_OK):
        return []
    return [
        Error(
            f"BUILDS_DIR, {folder}, cannot be written.",
            hint=f"Allow this user to write {existing}, or name another folder in BUILDS_DIR.",
            id="pv_engine.E001",
        )
    ]


@register()
def engine_is_installed(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if not missing:
        return []
    return [
        Warning(
            f"Stimuli cannot be built here: {', '.join(missing)} cannot be imported.",
            hint="Run `make install`. A machine that only serves studies does not need them.",
            id="pv_engine.W001",
        )
    ]
