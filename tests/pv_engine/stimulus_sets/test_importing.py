"""Stimulus sets from pictures that were made elsewhere."""

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from pv_engine.errors import ImageDataError
from pv_engine.models import StimulusSet
from pv_engine.stimulus_sets.import_list import read_import_list
from pv_engine.stimulus_sets.importing import import_stimuli
from pv_engine.stimulus_sets.manifest import read_manifest
from surveys.models import Survey

HEAD = "name,prediction,true_labels,options,original,heat map,example\n"
FILES = ("photo", "heat", "other", "other_heat")
LINES = (
    "cat-1,cat,cat,cat;dog;fox,photo.png,heat.png,\n"
    "cat-2,dog,cat,cat;dog;fox,other.png,other_heat.png,no\n"
    "shown,fox,fox,cat;dog;fox,photo.png,other_heat.png,yes\n"
)


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    drawer = np.random.default_rng(3)
    exif = Image.Exif()
    exif[0x010E] = "model_wrong"
    for name in FILES:
        pixels = drawer.integers(0, 256, (40, 60, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{name}.png", exif=exif)
    return folder


def write_list(tmp_path, text):
    file = tmp_path / "set.csv"
    file.write_text(text, encoding="utf-8")
    return file


def problems_of(tmp_path, text):
    with pytest.raises(ImageDataError) as raised:
        read_import_list(write_list(tmp_path, text))
    return str(raised.value).splitlines()


def test_a_list_and_its_pictures_become_a_stimulus_folder(tmp_path, pictures):
    folder = import_stimuli(write_list(tmp_path, HEAD + LINES), pictures, tmp_path / "out")
    manifest = read_manifest(folder)
    assert manifest["name"] == "set"
    assert manifest["conditions"] == ["heat map", "none"]
    assert manifest["classes"] == ["cat", "dog", "fox"]
    strata = {item["name"]: item["stratum"] for item in manifest["items"]}
    assert strata == {"cat-1": "model_right", "cat-2": "model_wrong"}
    assert [example["name"] for example in manifest["examples"]] == ["shown"]
    assert folder.name == manifest["content_sha256"][:16]


def test_pictures_keep_their_shape_and_lose_their_metadata(tmp_path, pictures):
    folder = import_stimuli(write_list(tmp_path, HEAD + LINES), pictures, tmp_path / "out")
    stored = list((folder / "images").iterdir())
    assert len(stored) == len(FILES)
    for file in stored:
        with Image.open(file) as image:
            assert (image.size, image.format, dict(image.getexif())) == ((60, 40), "WEBP", {})


def test_large_pictures_are_made_smaller(tmp_path, pictures):
    Image.new("RGB", (3000, 1500)).save(pictures / "photo.png")
    folder = import_stimuli(write_list(tmp_path, HEAD + LINES), pictures, tmp_path / "out")
    sizes = set()
    for file in (folder / "images").iterdir():
        with Image.open(file) as image:
            sizes.add(image.size)
    assert sizes == {(1024, 512), (60, 40)}


def test_the_same_list_and_seed_give_the_same_set(tmp_path, pictures):
    file = write_list(tmp_path, HEAD + LINES)
    first = import_stimuli(file, pictures, tmp_path / "one")
    assert import_stimuli(file, pictures, tmp_path / "two").name == first.name
    text = (first / "manifest.json").read_bytes()
    assert (tmp_path / "two" / first.name / "manifest.json").read_bytes() == text


def test_the_seed_orders_the_items(tmp_path, pictures):
    lines = "".join(f"item {n},cat,cat,cat;dog,photo.png,heat.png,\n" for n in range(12))
    file = write_list(tmp_path, HEAD + lines)
    orders = {
        tuple(item["name"] for item in read_manifest(folder)["items"])
        for folder in (import_stimuli(file, pictures, tmp_path / "out", seed=n) for n in (1, 2))
    }
    assert len(orders) == 2
    assert all(sorted(order) == sorted(f"item {n}" for n in range(12)) for order in orders)


def test_every_problem_of_a_list_is_named_with_its_line(tmp_path):
    wrong = (
        "a,,cat,cat;dog,photo.png,heat.png,\n"
        "b,cat,cat,cat,photo.png,heat.png,\n"
        "c,cat,cat,dog;dog;fox,photo.png,heat.png,\n"
        "d,cat,cat,cat;dog,../photo.png,,maybe\n"
        "e,cat,cat\n"
    )
    said = problems_of(tmp_path, HEAD + wrong)
    expected = [
        ("line 2", "prediction is empty"),
        ("line 3", "two or more classes"),
        ("line 4", "'dog' 2 times"),
        ("line 4", "lack the prediction 'cat'"),
        ("line 5", "example must be yes, no or empty"),
        ("line 5", "a file in the folder of the images"),
        ("line 5", "heat map is empty"),
        ("line 6", "3 values, but there are 7 columns"),
    ]
    assert len(said) == len(expected)
    for sentence, (line, words) in zip(said, expected, strict=True):
        assert line in sentence
        assert words in sentence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The column 'prediction' is missing"),
        (HEAD, "has no items"),
        (HEAD.replace(",heat map", ""), "no column of explanations"),
        (HEAD.replace("heat map", "none"), "shows the image alone"),
        (HEAD.replace("example", "name"), "'name' is there 2 times"),
        (HEAD.replace(",", ";"), "separated by commas, not by semicolons"),
        (HEAD + LINES.splitlines()[2], "Every line is an example"),
        (HEAD + LINES + LINES.splitlines()[0], "'cat-1' is that of line 2, too"),
        (HEAD + '"cat', "must be a CSV file"),
        (HEAD + LINES.replace("cat-1", "c" * 51), "at most 50 characters"),
    ],
)
def test_what_is_wrong_with_a_list_is_said(tmp_path, text, words):
    assert any(words in sentence for sentence in problems_of(tmp_path, text))


def test_pictures_that_cannot_be_read_are_all_named_and_nothing_is_written(tmp_path, pictures):
    (pictures / "heat.png").unlink()
    (pictures / "other.png").write_bytes(b"no picture")
    out = tmp_path / "out"
    with pytest.raises(ImageDataError) as raised:
        import_stimuli(write_list(tmp_path, HEAD + LINES), pictures, out)
    said = str(raised.value).splitlines()
    assert [sentence.split(": ")[0][-6:] for sentence in said] == ["line 2", "line 3"]
    assert ["heat.png" in said[0], "other.png" in said[1]] == [True, True]
    assert not out.exists()


@pytest.mark.django_db
def test_a_study_runs_on_an_imported_set(tmp_path, pictures):
    file = write_list(tmp_path, HEAD + LINES)
    call_command("import_stimuli", file, images=pictures, out=tmp_path / "out", name="mine")
    found = StimulusSet.objects.get()
    protocol = tmp_path / "study.toml"
    call_command("init_study", tmp_path / "out" / found.content_sha256[:16], out=protocol)
    call_command("load_study", protocol)
    survey = Survey.objects.get()
    assert [each.name for each in survey.conditions.all()] == ["heat map", "none"]


def test_the_command_says_every_problem(tmp_path, pictures, db):
    file = write_list(tmp_path, HEAD + LINES.replace("photo.png", "gone.png"))
    with pytest.raises(CommandError, match=r"line 2.*gone\.png.* does not exist"):
        call_command("import_stimuli", file, images=pictures, out=tmp_path / "out")
    assert not StimulusSet.objects.exists()


@pytest.mark.parametrize("there", ["images/photo.png", "Photo.PNG"])
def test_a_picture_in_another_folder_or_case_is_named(tmp_path, pictures, there):
    file = write_list(tmp_path, HEAD + LINES)
    (pictures / there).parent.mkdir(exist_ok=True)
    (pictures / "photo.png").rename(pictures / there)
    with pytest.raises(ImageDataError, match=rf"photo\.png does not exist\. There is {there};"):
        import_stimuli(file, pictures, tmp_path / "out")
