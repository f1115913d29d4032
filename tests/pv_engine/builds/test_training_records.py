"""What a build's trainings leave to look at."""

from pv_engine.builds.training_records import (
    loss_curves,
    sample_pictures,
    store_curve,
)
from pv_engine.models import TrainingPoint

pytest_plugins = ["tests.pv_engine.builds_cast"]

ROWS = [
    {"step": 5.0, "total": 0.5},
    {"step": 10.0, "total": 0.25, "score": 0.3},
    {"step": 15.0, "total": 0.125},
]


def test_a_curve_grows_by_what_is_new(build):
    store_curve(build, "decoder", ROWS[:2])
    kept = list(TrainingPoint.objects.values_list("pk", flat=True))
    store_curve(build, "decoder", ROWS)
    store_curve(build, "decoder", ROWS)
    assert loss_curves(build) == {"decoder": ROWS}
    assert list(TrainingPoint.objects.values_list("pk", flat=True))[:2] == kept


def test_each_training_has_its_own_curve(build):
    store_curve(build, "classifier", ROWS[:1])
    store_curve(build, "decoder", ROWS[1:])
    assert loss_curves(build) == {"classifier": ROWS[:1], "decoder": ROWS[1:]}


def test_what_is_no_number_is_stored_as_nothing(build):
    store_curve(build, "decoder", [{"step": 5.0, "total": 0.5, "score": float("nan")}])
    assert loss_curves(build) == {"decoder": [{"step": 5, "total": 0.5, "score": None}]}


def test_storing_a_segments_progress_takes_two_queries(build, django_assert_num_queries):
    with django_assert_num_queries(2):
        store_curve(build, "decoder", ROWS)


def test_pictures_are_listed_with_that_of_what_is_trained_now_at_the_end(build, settings, tmp_path):
    settings.BUILDS_DIR = tmp_path
    assert sample_pictures(build) == []
    for phase, step in (("decoder", 900), ("decoder", 1000), ("autoencoder", 20)):
        folder = tmp_path / str(build.pk) / phase / "samples"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"step-{step:08d}.webp").write_bytes(b"picture")
        (folder / f".step-{step + 1:08d}.webp.partial").write_bytes(b"pic")
    assert [(each.phase, each.step) for each in sample_pictures(build)] == [
        ("decoder", 900), ("decoder", 1000), ("autoencoder", 20),
    ]  # fmt: skip
    assert sample_pictures(build)[-1].path.read_bytes() == b"picture"
