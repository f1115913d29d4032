"""Photographs that are broken or meant to harm are refused by name, before they take memory."""

import struct
import zlib

import pytest
from PIL import Image

from pv_engine.data.images import MOST_PIXELS, load_square
from pv_engine.errors import DataError
from pv_engine.stimulus_sets.loading import load_stimulus_set
from tests.factories import make_stimulus_folder


def write_png(path, width, height):
    """A PNG of a few bytes whose header claims n pixels."""

    def chunk(kind, body):
        content = kind + body
        return struct.pack(">I", len(body)) + content + struct.pack(">I", zlib.crc32(content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


@pytest.mark.parametrize(
    "size", [(MOST_PIXELS // 1000 + 1, 1000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)]
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_decompression_bomb_is_refused_before_it_is_decoded(tmp_path, size):
    bomb = write_png(tmp_path / "bomb.png", *size)
    with pytest.raises(DataError, match=r"bomb\.png cannot be read \(.*pixels"):
        load_square(bomb, 64)


def test_what_is_no_image_or_cut_short_is_refused(tmp_path):
    whole = tmp_path / "whole.png"
    Image.effect_noise((64, 64), 50).save(whole)
    (tmp_path / "cut.png").write_bytes(whole.read_bytes()[:-500])
    (tmp_path / "text.png").write_text("<svg onload=alert(1)>")
    assert load_square(whole, 32).size == (32, 32)
    for name in ("cut.png", "text.png"):
        with pytest.raises(DataError, match=name):
            load_square(tmp_path / name, 32)


def test_a_stimulus_that_is_a_bomb_is_refused_too(db, tmp_path, monkeypatch):
    monkeypatch.setattr("pv_engine.data.images.MOST_PIXELS", 48 * 48 - 1)
    with pytest.raises(DataError, match="is too large to be a stimulus: it has 2,304 pixels"):
        load_stimulus_set(make_stimulus_folder(tmp_path / "stimuli"))
