import json
import shutil
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from pv_engine.errors import ImageDataError
from pv_engine.stimulus_sets.rebuilds import compare_sets
from pv_engine.stimulus_sets.writing import write_picture
from tests.factories import make_stimulus_folder, write_manifest


@pytest.fixture
def earlier(tmp_path):
    return make_stimulus_folder(tmp_path / "earlier", n_wrong=2, n_right=2)


@pytest.fixture
def rebuilt(earlier, tmp_path):
    return shutil.copytree(earlier, tmp_path / "rebuilt")


def change(folder, **values):
    """Change the first item's entry, or with a key of the manifest, that."""
    manifest = json.loads((folder / "manifest.json").read_text())
    for key, value in values.items():
        target = manifest["items"][0] if key in manifest["items"][0] else manifest
        target[key] = value
    write_manifest(folder, manifest)
    return manifest


def test_a_copy_is_the_same_in_every_item(earlier, rebuilt):
    comparison = compare_sets(earlier, rebuilt)
    assert comparison.is_same
    assert set(comparison.counts().values()) == {5}


def test_another_prediction_and_another_picture_are_named(earlier, rebuilt):
    manifest = json.loads((rebuilt / "manifest.json").read_text())
    item = manifest["items"][0]
    other = next(each for each in item["options"] if each != item["prediction"])
    with Image.open(rebuilt / "images" / item["images"]["pv"]) as picture:
        brighter = picture.convert("RGB").point(lambda level: min(255, level + 20))
    name = write_picture(brighter, rebuilt / "images", 90)
    change(rebuilt, prediction=other, images={**item["images"], "pv": name})
    comparison = compare_sets(earlier, rebuilt)
    first = comparison.items[0]
    assert first.different == ("prediction",)
    assert dict(first.likeness)["gradcam"] == "the same file"
    assert dict(first.likeness)["pv"].endswith(" dB")
    assert comparison.counts()["with the same prediction"] == 4
    assert not comparison.is_same


def test_an_item_that_the_rebuild_does_not_have_is_named(earlier, rebuilt):
    change(rebuilt, name="another", source="another.png")
    counts = compare_sets(earlier, rebuilt).counts()
    assert (counts["items"], counts["found again"]) == (5, 4)


def test_other_versions_and_processors_are_named(earlier, rebuilt):
    change(earlier, versions={"torch": "1"}, machine={"instructions": "AVX512"})
    change(rebuilt, versions={"torch": "2"}, machine={"instructions": "AVX2"})
    assert compare_sets(earlier, rebuilt).settings == (
        "torch: 1 and 2",
        "instructions: AVX512 and AVX2",
    )


def test_sets_of_different_recipes_are_refused(earlier, tmp_path):
    other = make_stimulus_folder(tmp_path / "other", seed=1)
    with pytest.raises(ImageDataError, match="made from different recipes"):
        compare_sets(earlier, other)


def test_the_command_prints_every_item_and_fails_only_where_something_differs(earlier, rebuilt):
    out = StringIO()
    call_command("check_build", str(rebuilt), earlier=earlier, stdout=out)
    assert out.getvalue().count("same answer keys;") == 5
    change(rebuilt, options=["a"])
    with pytest.raises(CommandError):
        call_command("check_build", str(rebuilt), earlier=earlier, stdout=out)


def test_a_set_without_a_shipped_one_asks_for_another(rebuilt):
    with pytest.raises(CommandError, match="name one using --with"):
        call_command("check_build", str(rebuilt))
