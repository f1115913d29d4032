"""A reader with its own head reads further held-out pictures of a tiny build."""

import json
import shutil
from dataclasses import replace

import pytest

from pv_engine import read_stimuli
from pv_engine.errors import RecipeError
from pv_engine.pipeline.reading.build import ReadingBuild
from pv_engine.pipeline.select import read_picks
from pv_engine.recipe import QualityConfig

KINDS = ["original", "gradcam", "pv", "pv_exemplar", "random_map", "reference_autoencoder"]


@pytest.fixture(scope="module")
def work(read_build, tmp_path_factory):
    """The work folder of a finished build, to read in."""
    folder = tmp_path_factory.mktemp("reading") / "work"
    shutil.copytree(read_build.publish.workspace.folder, folder)
    return folder


@pytest.fixture(scope="module")
def recipe(read_build):
    return read_build.publish.workspace.recipe


def read(recipe, work, most=5, rows="all", seconds=60.0):
    build = ReadingBuild(recipe, work, most, rows)
    list(build.run(seconds))
    return build


def rows_of(build):
    content = json.loads(build.reading.workspace.picks_path.read_text())
    return {pick.row for pick in read_picks(content["items"])}


def test_every_kind_of_picture_is_read_in_both_strata(recipe, work):
    counts = read(recipe, work).report()["held_out_zero_shot"]
    assert list(counts) == KINDS
    for cells in counts.values():
        assert {name: cell["pictures"] for name, cell in cells.items()} == {
            "model_wrong": 5, "model_right": 5, "all": 10,
        }  # fmt: skip


def test_no_item_is_read_and_the_halves_share_no_picture(recipe, work):
    items = json.loads((work / "select" / "picks.json").read_text())
    taken = {pick.row for pick in read_picks(items["items"] + items["examples"])}
    even, odd = (rows_of(read(recipe, work, rows=rows)) for rows in ("even", "odd"))
    assert even
    assert odd
    assert {row % 2 for row in even} == {0}
    assert {row % 2 for row in odd} == {1}
    assert not (even | odd) & taken


def test_interruptions_change_no_digit(recipe, work, tmp_path):
    whole = read(recipe, work).reading.result.read_bytes()
    shutil.copytree(work, tmp_path / "work", ignore=shutil.ignore_patterns("reading"))
    assert read(recipe, tmp_path / "work", seconds=0.0).reading.result.read_bytes() == whole


def test_what_a_build_has_trained_is_not_trained_again(recipe, work):
    names = ("classifier", "decoder", "autoencoder")
    before = {name: (work / name / f"{name}.safetensors").stat().st_mtime_ns for name in names}
    read(recipe, work, most=3)
    after = {name: (work / name / f"{name}.safetensors").stat().st_mtime_ns for name in names}
    assert before == after


def test_no_decoder_is_trained_where_no_condition_shows_it(recipe, work, tmp_path):
    shown = replace(recipe.rendering, conditions=("gradcam", "pv_exemplar"))
    for name in ("data", "classifier", "recipe.sha256"):
        copy = shutil.copytree if (work / name).is_dir() else shutil.copy
        copy(work / name, tmp_path / name)
    build = read(replace(recipe, rendering=shown), tmp_path)
    assert list(build.report()["held_out_zero_shot"]) == ["original", "gradcam", "pv_exemplar"]
    assert not (tmp_path / "decoder").exists()


def test_a_recipe_without_a_reader_is_refused(recipe, tmp_path):
    without = replace(recipe, quality=QualityConfig())
    with pytest.raises(RecipeError, match=r"has no reader; name one as quality\.reader"):
        ReadingBuild(without, tmp_path, 5)


def test_the_command_prints_shares_with_intervals_and_keeps_the_counts(
    recipe, work, tmp_path, capsys
):
    file = tmp_path / "recipe.toml"
    file.write_text(recipe.text)
    # Relative paths of the recipe start in its own folder.
    file = shutil.copy(file, recipe.folder / "read.toml")
    out = tmp_path / "counts.json"
    arguments = [str(file), "--work", str(work), "--pictures", "5", "--out", str(out)]
    assert read_stimuli.main(arguments) == 0
    printed = capsys.readouterr().out
    assert "not fitted on stimuli (95 % intervals)" in printed
    counts = json.loads(out.read_text())["held_out_zero_shot"]
    assert set(counts) == set(KINDS)
    cell = counts["pv"]["model_wrong"]
    assert f"{cell['prediction']}/{cell['pictures']} (" in printed


def test_exemplars_are_varied_with_the_same_networks_and_pictures(recipe, work, tmp_path, capsys):
    file = recipe.folder / "varied.toml"
    file.write_text(recipe.text)
    out = tmp_path / "counts.json"
    change = "exemplar.head_share=1.0"
    arguments = [str(file), "--work", str(work), "--pictures", "4", "--out", str(out)]
    assert read_stimuli.main([*arguments, "--vary", change]) == 0
    assert f"With {change}:" in capsys.readouterr().out
    counts = json.loads(out.read_text())
    varied = counts["varied"][change]
    assert varied["recipe_sha256"] != counts["recipe_sha256"]
    assert varied["held_out_zero_shot"]["gradcam"] == counts["held_out_zero_shot"]["gradcam"]
    [folder] = (work / "variations").iterdir()
    assert (folder / "classifier").resolve() == work / "classifier"
    pictures = [
        [item["images"] for item in json.loads(each.read_text())]
        for each in (where / "reading" / "all-4" / "render" / "rendered.json"
                     for where in (work, folder))
    ]  # fmt: skip
    for before, after in zip(*pictures, strict=True):
        assert before["gradcam"] == after["gradcam"]
    assert any(a["pv_exemplar"] != b["pv_exemplar"] for a, b in zip(*pictures, strict=True))


@pytest.mark.parametrize(
    ("change", "is_shared"), [("exemplar.consensus=1.0", True), ("exemplar.components=3", False)]
)
def test_a_variation_fills_another_bank_only_where_it_keeps_other_numbers(
    recipe, work, tmp_path, change, is_shared
):
    file = recipe.folder / "bank.toml"
    file.write_text(recipe.text)
    read(recipe, work, most=2)
    lent = tmp_path / "work"
    shutil.copytree(work, lent, ignore=shutil.ignore_patterns("variations"))
    arguments = [str(file), "--work", str(lent), "--pictures", "2", "--vary", change]
    assert read_stimuli.main(arguments) == 0
    [folder] = (lent / "variations").iterdir()
    assert (folder / "exemplars").is_symlink() == is_shared
    banks = [where / "exemplars" / "features-cells.npy" for where in (lent, folder)]
    assert (banks[0].read_bytes() == banks[1].read_bytes()) == is_shared


def test_blind_sheets_of_the_conditions_share_no_picture(recipe, work, tmp_path):
    file = recipe.folder / "sheets.toml"
    file.write_text(recipe.text)
    out = tmp_path / "sheets"
    arguments = [str(file), "--work", str(work), "--pictures", "11", "--sheets", str(out)]
    assert read_stimuli.main(arguments) == 0
    keys = [json.loads(key.read_text()) for key in sorted(tmp_path.glob("sheets_*_key.json"))]
    assert sorted(key["condition"] for key in keys) == sorted(KINDS[1:])
    assert sorted(each.name for each in out.iterdir()) == sorted(KINDS[1:])
    items = [item["name"] for key in keys for item in key["items"]]
    assert len(set(items)) == len(items) == len(keys) * len(keys[0]["items"])
    for key in keys:
        assert all(item["prediction"] not in item["true_labels"] for item in key["items"])
    assert {each.name for each in (out / "pv").iterdir()} == {
        "blind_sheet.html", "blind_sheet.png", "guesses.csv",
    }  # fmt: skip


def test_only_exemplars_can_be_varied(capsys):
    with pytest.raises(SystemExit):
        read_stimuli.main(["recipe.toml", "--vary", "data.train=3"])
    assert "must change a key of [exemplar]" in capsys.readouterr().err


def test_the_command_says_in_one_sentence_what_is_wrong(tmp_path, capsys):
    assert read_stimuli.main([str(tmp_path / "none.toml")]) == 1
    assert capsys.readouterr().err.startswith("Error: ")
