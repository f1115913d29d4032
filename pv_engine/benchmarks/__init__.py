"""Measures speed and memory; no test asserts the figures."""

# torchvision, which pytorch-grad-cam imports, may need this first.
from pv_engine.runtime import torchvision_ops  # noqa: F401
