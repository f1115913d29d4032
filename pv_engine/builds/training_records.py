"""Records of a build's trainings: loss curves and sample pictures.

    loss_curves(build)     {"decoder": [{"step": 225, "total": -0.61, "mse": 0.02, …}, …], …}
    sample_pictures(build) every picture, from the first validation to the last

Each row of a curve has `step` and the mean loss terms since the previous row (`total`, and for
decoders `mse`, `ssim`, `dsim`). Rows of validations also have `score`, by which the best weights
are chosen (lower is better), and `validation_*` measures or, for a classifier, `exact_match`. A
curve has fewer than 225 rows. Values that were not finite are None.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from pv_engine.models import Build, TrainingPoint

Row = dict[str, float | None]


def build_folder(build: Build) -> Path:
    """Return the working folder of a queued build."""
    return Path(settings.BUILDS_DIR) / str(build.pk)


def store_curve(build: Build, phase: str, rows: Sequence[dict[str, float]]) -> None:
    """Append the rows that are newer than the stored ones, which never change."""
    stored = TrainingPoint.objects.filter(build=build, phase=phase).order_by("-step")
    newest = stored.values_list("step", flat=True).first() or 0
    TrainingPoint.objects.bulk_create(
        [
            TrainingPoint(build=build, phase=phase, step=int(row["step"]), values=_finite(row))
            for row in rows
            if row["step"] > newest
        ],
        ignore_conflicts=True,
    )


def _finite(row: dict[str, float]) -> Row:
    return {
        name: value if math.isfinite(value) else None
        for name, value in row.items()
        if name != "step"
    }


def loss_curves(build: Build) -> dict[str, list[Row]]:
    """Return the rows of each training by phase, in order of steps."""
    curves: dict[str, list[Row]] = defaultdict(list)
    for point in TrainingPoint.objects.filter(build=build).order_by("phase", "step"):
        curves[point.phase].append({"step": point.step, **point.values})
    return dict(curves)


@dataclass(frozen=True)
class SamplePicture:
    """A WebP file: some validation pictures above their reconstructions at one step."""

    phase: str
    step: int
    path: Path


def sample_pictures(build: Build) -> list[SamplePicture]:
    """Return the samples of the decoder, then of the reference autoencoder, in order of steps."""
    return [
        SamplePicture(phase, int(path.stem.removeprefix("step-")), path)
        for phase in ("decoder", "autoencoder")
        for path in sorted((build_folder(build) / phase / "samples").glob("step-*.webp"))
    ]
