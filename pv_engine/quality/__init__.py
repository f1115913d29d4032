"""Quality of the pictures: measures, baselines, and a reader network."""

# torchvision, which a reader's backbone may import, may need this first.
from pv_engine.runtime import torchvision_ops  # noqa: F401
