"""Makes torchvision importable beside a torch that it was not built for.

A torchvision wheel built for CUDA cannot load its compiled operators beside a CPU-only torch. Its
import then fails, because it registers fake versions of `nms` and `qnms` that were never declared.
We use neither operator, so declaring them is enough for models, datasets and transforms to work.
Import this module before torchvision or anything that imports it (timm). If the compiled operators
load, it does nothing.
"""

import importlib.machinery
import importlib.util
from pathlib import Path

import torch

_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


def declare_missing_operators() -> None:
    """Declare `torchvision::nms` and `torchvision::qnms` if torchvision's library cannot load."""
    if _compiled_operators_load():
        return
    for operator in ("nms", "qnms"):
        if not hasattr(torch.ops.torchvision, operator):
            torch.library.define(f"torchvision::{operator}", _SCHEMA)


def _compiled_operators_load() -> bool:
    spec = importlib.util.find_spec("torchvision")
    if spec is None or spec.origin is None:
        return False
    for suffix in importlib.machinery.EXTENSION_SUFFIXES:
        library = Path(spec.origin).parent / f"_C{suffix}"
        if library.is_file():
            try:
                torch.ops.load_library(str(library))  # type: ignore[no-untyped-call] # torch leaves it untyped
            except OSError:
                return False
            return True
    return False


declare_missing_operators()
