"""Measures speed and memory; nothing here is asserted by a test."""

# torchvision, which pytorch-grad-cam imports, may need this first.
from pv_engine.runtime import torchvision_ops  # noqa: F401
