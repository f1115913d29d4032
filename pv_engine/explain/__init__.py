"""Explanations: where the model looks, and what it sees there."""

# torchvision, which timm and pytorch-grad-cam import, may need this first.
from pv_engine.runtime import torchvision_ops  # noqa: F401
