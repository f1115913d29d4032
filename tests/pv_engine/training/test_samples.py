import itertools

import numpy as np
import torch
from PIL import Image

from pv_engine.pipeline.decoder_build import DecoderBuild
from pv_engine.training.images import Pictures
from pv_engine.training.samples import MARGIN, sample_numbers, write_samples


def test_originals_are_drawn_over_their_reconstructions(tmp_path):
    colours = torch.tensor([[[1, 0, 0], [0, 1, 0]], [[0.5, 0, 0], [0, 0.5, 0]]])
    rows = colours[..., None, None].expand(2, 2, 3, 16, 16)
    path = write_samples(tmp_path / "samples", 300, rows)
    assert path.name == "step-00000300.webp"
    with Image.open(path) as picture:
        drawn = np.asarray(picture.convert("RGB"), dtype=float)
    side = 16 + MARGIN
    assert drawn.shape == (2 * side + MARGIN, 2 * side + MARGIN, 3)
    for line, column in itertools.product(range(2), range(2)):
        middle = drawn[MARGIN + side * line + 8, MARGIN + side * column + 8] / 255
        assert np.abs(middle - colours[line, column].numpy()).max() < 0.06


def test_the_same_few_pictures_are_shown_every_time():
    def of(count):
        array = np.zeros((count, 3, 8, 8), dtype=np.uint8)
        return sample_numbers(Pictures(array, np.arange(count), torch.device("cpu"))).tolist()

    assert of(800) == [0, 100, 200, 300, 400, 500, 600, 700]
    assert of(3) == [0, 1, 2]


def test_a_decoder_leaves_a_picture_at_every_validation(tiny_recipe, tmp_path):
    build = DecoderBuild(tiny_recipe(), tmp_path / "work")
    for _ in build.run(60.0):
        pass
    steps_per_epoch = len(build.workspace.training()[0]) // 8
    names = sorted(path.name for path in (tmp_path / "work" / "decoder" / "samples").iterdir())
    assert names == [f"step-{steps_per_epoch * epoch:08d}.webp" for epoch in (1, 2)]
