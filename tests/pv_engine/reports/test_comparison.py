"""Two decoders of one classifier, from two recipes."""

import io
import json
import shutil

import pytest
from django.core.management import CommandError, call_command

from pv_engine.errors import RecipeError
from pv_engine.pipeline.decoder_build import DecoderBuild
from pv_engine.recipe.reading import parse_recipe
from pv_engine.reports.decoders import compare_builds
from tests.factories import make_stimulus_folder
from tests.pv_engine.conftest import TINY_RECIPE, write_photos

TRAINED = 'task = "single_label"\nwidth = 4\nepochs = 2'
GIVEN = 'task = "single_label"\nwidth = 4\ntrain = "none"\nweights = "first.safetensors"'


@pytest.fixture
def second_recipe(first_build, tmp_path):
    """Other pictures in two classes only, for the first build's classifier of four."""
    write_photos(tmp_path / "photos")
    for split in ("train", "val"):
        for name in ("amber", "blue"):
            shutil.rmtree(tmp_path / "photos" / split / name)
    classifier = first_build.publish.workspace.classifier_path
    shutil.copy(classifier, tmp_path / "first.safetensors")
    text = TINY_RECIPE.replace(TRAINED, GIVEN).replace('"tiny"', '"other"')
    assert GIVEN in text
    return parse_recipe(text.replace("seed = 3", "seed = 8"), "other.toml", tmp_path)


def decoder_of(recipe, folder):
    build = DecoderBuild(recipe, folder)
    for _ in build.run(60.0):
        pass
    return build.workspace


def test_a_decoder_can_be_trained_on_pictures_of_other_classes(
    first_build, second_recipe, tmp_path
):
    first, second = (
        first_build.publish.workspace,
        decoder_of(second_recipe, tmp_path / "work"),
    )
    compared = compare_builds(first, second, tmp_path / "out", shown=3)
    report = json.loads((tmp_path / "out" / "comparison.json").read_text())
    assert report["first"]["classifier_sha256"] == report["second"]["classifier_sha256"]
    assert report["first"]["decoder_sha256"] != report["second"]["decoder_sha256"]
    assert report["measures"]["pictures"] == 64
    assert [file.name for file in compared.files] == [
        "comparison.json", "comparison.html", "comparison.png",
    ]  # fmt: skip
    assert all(file.is_file() for file in compared.files)
    assert (tmp_path / "out" / "comparison.html").read_text().count("<article>") == 3
    assert [row[0] for row in compared.table.rows[1:3]] == [
        "tiny and the original",
        "other and the original",
    ]


def test_a_decoder_build_takes_over_what_a_whole_build_has_finished(first_build, shared_recipe):
    again = DecoderBuild(shared_recipe, first_build.publish.workspace.folder)
    assert list(again.run()) == []


def test_decoders_of_different_classifiers_are_not_compared(first_build, tiny_recipe, tmp_path):
    other = decoder_of(tiny_recipe("seed=9"), tmp_path / "work")
    with pytest.raises(RecipeError, match=r"set classifier.weights to .*classifier\.safetensors"):
        compare_builds(first_build.publish.workspace, other, tmp_path / "out", shown=3)
    assert not (tmp_path / "out").exists()


def test_the_command_trains_what_is_missing_and_prints_table_and_files(
    first_build, second_recipe, tmp_path, settings
):
    settings.BUILDS_DIR = tmp_path / "builds"
    first = first_build.publish.workspace
    shutil.copytree(first.folder, settings.BUILDS_DIR / first.recipe.sha256[:16])
    files = [first.recipe.folder / "tiny.toml", second_recipe.folder / "other.toml"]
    for file, recipe in zip(files, (first.recipe, second_recipe), strict=True):
        file.write_text(recipe.text)
    out = io.StringIO()
    call_command("compare_decoders", *map(str, files), "--out", str(tmp_path / "out"), stdout=out,
                 stderr=io.StringIO())  # fmt: skip
    assert "Two decoders on 64 held-out pictures" in out.getvalue()
    assert out.getvalue().splitlines()[-1] == str(tmp_path / "out" / "comparison.png")


def test_the_command_finds_pictures_and_weights_that_lie_elsewhere(
    first_build, second_recipe, tmp_path, settings
):
    settings.BUILDS_DIR = tmp_path / "builds"
    first = first_build.publish.workspace
    shutil.copytree(first.folder, settings.BUILDS_DIR / first.recipe.sha256[:16])
    files = [first.recipe.folder / "tiny.toml", tmp_path / "recipes" / "other.toml"]
    files[1].parent.mkdir()
    for file, recipe in zip(files, (first.recipe, second_recipe), strict=True):
        file.write_text(recipe.text)
    command = ["compare_decoders", *map(str, files), "--out", str(tmp_path / "out")]
    with pytest.raises(CommandError, match=r"recipes/photos"):
        call_command(*command, stdout=io.StringIO(), stderr=io.StringIO())
    places = [f"--second-data-root={tmp_path}/photos"]
    places.append(f"--second-weights={tmp_path}/first.safetensors")
    call_command(*command, *places, stdout=io.StringIO(), stderr=io.StringIO())
    assert (tmp_path / "out" / "comparison.json").is_file()


def test_the_command_ends_with_the_engines_sentence(tmp_path):
    with pytest.raises(CommandError, match=r"The recipe .*none\.toml cannot be read"):
        call_command("compare_decoders", "none.toml", "none.toml", "--out", str(tmp_path))


def test_the_contact_sheets_command_prints_its_files(tmp_path):
    folder, out = make_stimulus_folder(tmp_path / "set"), io.StringIO()
    call_command("contact_sheet", str(folder), "--out", str(tmp_path), stdout=out)
    assert out.getvalue().splitlines() == [
        str(tmp_path / "contact_sheet.html"),
        str(tmp_path / "contact_sheet.png"),
    ]


def test_a_folder_without_a_manifest_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"manifest\.json cannot be read"):
        call_command("contact_sheet", str(tmp_path), "--out", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()
