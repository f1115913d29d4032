import pytest

from pv_engine.pipeline.decoder_build import DecoderBuild
from pv_engine.runtime.durations import in_words


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "0 s"), (89, "89 s"), (90, "2 min"), (3400, "57 min"), (3600, "1 h 00 min"),
     (11_100, "3 h 05 min")],
)  # fmt: skip
def test_the_time_left_is_said_in_words(seconds, said):
    assert in_words(seconds) == said


def test_speed_and_time_left_come_before_the_losses(tiny_recipe, tmp_path):
    build = DecoderBuild(tiny_recipe(), tmp_path)
    *_, last = build.run(60.0)
    head, measures = last.split(" left, ")
    assert head.startswith("decoder, 100 %: ")
    assert head.endswith(" images/s, 0 s")
    assert measures.startswith("mse 0.")
    assert "validation psnr" in measures


def test_a_training_that_stops_early_says_so_and_is_all_done(tiny_recipe, tmp_path):
    changes = ("decoder.epochs=12", "decoder.patience=1", "decoder.learning_rate=0.5")
    build = DecoderBuild(tiny_recipe(*changes), tmp_path)
    *_, last = build.run(60.0)
    assert last.startswith("decoder, 100 %: stopped at step ")
    assert " of 60, as it no longer got better" in last
