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
