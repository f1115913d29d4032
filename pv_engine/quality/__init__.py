"""How good the pictures are: measured, set against baselines, read by a machine, laid out."""

# torchvision, which a reader's backbone may import, may need this first.
from pv_engine.runtime import torchvision_ops  # noqa: F401
