"""Importing a stimulus set in the console: a ZIP file of a list and its pictures."""

import io
import zipfile

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts.models import AuditEntry
from pv_engine.models import StimulusSet

LIST = (
    "prediction,true_labels,options,original,lime\n"
    "cat,cat,cat;dog,photo.png,lime.png\n"
    "dog,cat,cat;dog,photo.png,lime.png\n"
)


def picture(seed):
    pixels = np.random.default_rng(seed).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


FILES = {"set/items.csv": LIST.encode(), "set/photo.png": picture(1), "set/lime.png": picture(2)}


def packed(files, **entry):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            for key, value in entry.items():
                setattr(info, key, value)
            archive.writestr(info, content)
    return stream.getvalue()


@pytest.fixture
def send(researcher, settings, tmp_path):
    settings.BUILDS_DIR = tmp_path

    def post(content, **more):
        archive = SimpleUploadedFile("set.zip", content)
        return researcher.post(reverse("builds:import"), {"archive": archive, **more})

    return post


def test_a_zip_file_becomes_a_stimulus_set(send, researcher):
    extra = {"__MACOSX/._photo.png": b"", "set/.DS_Store": b"", "set/README.txt": b"Hello"}
    response = send(packed(FILES | extra), name="Lime")
    found = StimulusSet.objects.get()
    assert response.url == reverse("builds:set", args=[found.content_sha256])
    assert (found.name, found.items.count()) == ("Lime", 2)
    for name in ("set", "quality"):
        page = researcher.get(reverse(f"builds:{name}", args=[found.content_sha256]))
        assert page.status_code == 200
    item = reverse("builds:item", args=[found.content_sha256, "item-01"])
    assert researcher.get(item).status_code == 200
    assert AuditEntry.objects.latest("number").action == "stimuli.imported"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"no archive", "not a readable ZIP file"),
        (packed(FILES)[:-40], "not a readable ZIP file"),
        (packed({"set/photo.png": b""}), "exactly one list, a .csv file, but it has none"),
        (packed(FILES | {"b.csv": b""}), "but it has set/items.csv, b.csv"),
        (packed(FILES | {"../up.png": b""}), "would be written outside"),
        (packed(FILES | {"/up.png": b""}), "would be written outside"),
        (packed(FILES | {"set\\..\\..\\up.png": b""}), "would be written outside"),
        (packed({"items.csv": LIST.encode()}), "line 2: original: The image photo.png does not"),
        (packed(FILES | {"set/photo.png": b"GIF89a"}), "photo.png cannot be read"),
        (packed({f"{n}.png": b"" for n in range(5_001)}), "at most 5,000 are"),
    ],
)
def test_what_cannot_be_imported_is_refused_in_a_sentence(send, tmp_path, content, sentence):
    page = send(content)
    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert not StimulusSet.objects.exists()
    assert not list(tmp_path.rglob("up.png"))


def large(mode):
    """Return a PNG file of 50 million pixels in few kilobytes."""
    stream = io.BytesIO()
    Image.new(mode, (8_000, 6_250), 0).save(stream, "PNG", compress_level=1)
    return stream.getvalue()


SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
SCRIPT = b"<script>alert(1)</script>"


def test_a_drawing_with_a_script_is_no_picture(send):
    assert (
        "photo.png cannot be read" in send(packed(FILES | {"set/photo.png": SVG})).content.decode()
    )
    named = {"set/photo.svg": SVG, "set/items.csv": LIST.replace("photo.png", "photo.svg").encode()}
    assert "photo.svg does not exist" in send(packed(FILES | named)).content.decode()
    assert not StimulusSet.objects.exists()


def test_what_hides_behind_a_picture_is_left_behind(send, tmp_path):
    hidden = SCRIPT + packed({"evil.html": SCRIPT})
    assert send(packed(FILES | {"set/photo.png": picture(1) + hidden})).status_code == 302
    stored = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert len(stored) >= 3
    assert not any(b"<script" in content or b"evil" in content for content in stored)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_picture_of_fifty_million_pixels_is_made_smaller(send, mode):
    assert send(packed(FILES | {"set/photo.png": large(mode)})).status_code == 302
    assert StimulusSet.objects.exists()


def test_links_are_not_followed(send):
    link = 0o120777 << 16
    page = send(packed(FILES, external_attr=link)).content.decode()
    assert "exactly one list" in page


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(send, monkeypatch):
    monkeypatch.setattr("pv_engine.stimulus_sets.archives.MOST_BYTES", 2_000_000)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("items.csv", LIST)
        archive.writestr("photo.png", bytes(3_000_000))
    assert len(stream.getvalue()) < 10_000
    assert "unpacks to 3 MB; at most 2 MB are read" in send(stream.getvalue()).content.decode()


def test_an_upload_that_is_too_large_is_refused(send, monkeypatch):
    monkeypatch.setattr("pv_engine.console.imports.LARGEST_ARCHIVE_BYTES", 100)
    assert "can be uploaded" in send(packed(FILES)).content.decode()
