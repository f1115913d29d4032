"""The command in the foreground and with --queue."""

import io

import pytest
from django.core.management import CommandError, call_command

from pv_engine.builds import opening
from pv_engine.errors import SelectionError
from pv_engine.models import Build
from tests.pv_engine.scripted_engine import RECIPE, ScriptedStep

pytest_plugins = ["tests.pv_engine.builds_cast"]


@pytest.fixture
def recipe_file(tmp_path):
    file = tmp_path / "tiny.toml"
    file.write_text(RECIPE)
    return file


def build_stimuli(*args):
    out, err = io.StringIO(), io.StringIO()
    call_command("build_stimuli", *map(str, args), stdout=out, stderr=err)
    return out.getvalue().splitlines(), err.getvalue()


def test_it_prints_the_stimulus_folder_as_its_last_line(recipe_file, engine, tmp_path):
    folder = tmp_path / "0123456789abcdef"
    engine.script = [ScriptedStep(), ScriptedStep(permille=1000, stimulus_folder=folder)]
    lines, _ = build_stimuli(recipe_file)
    assert lines[-1] == str(folder)


def test_it_shows_phase_and_message_in_a_progress_bar_beside_the_output(
    recipe_file, engine, tmp_path
):
    engine.script = [
        ScriptedStep(phase="decoder", permille=500, message="Step 300 of 600"),
        ScriptedStep(phase="publish", permille=1000, stimulus_folder=tmp_path),
    ]
    lines, bar = build_stimuli(recipe_file)
    assert len(lines) == 1
    assert "100%" in bar
    assert "publish" in bar


def test_it_ends_with_the_sentence_of_the_engine(recipe_file, engine):
    engine.script = [SelectionError("Only 3 images are model_wrong, but 16 are asked for.")]
    with pytest.raises(CommandError, match=r"^Only 3 images are model_wrong, but 16 .* for\.$"):
        build_stimuli(recipe_file)


def test_a_missing_recipe_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"missing\.toml"):
        build_stimuli(tmp_path / "missing.toml")


def test_a_recipe_with_an_unknown_key_is_named_with_its_key(tmp_path):
    recipe = tmp_path / "wrong.toml"
    recipe.write_text(RECIPE + "colour = 3\n")
    with pytest.raises(CommandError, match=r"wrong\.toml, line 8: unknown key data\.colour"):
        build_stimuli(recipe)


def test_an_interruption_says_how_to_continue(recipe_file, engine):
    def interrupted():
        raise KeyboardInterrupt

    engine.script = [interrupted]
    with pytest.raises(CommandError, match="same command again") as stopped:
        build_stimuli(recipe_file)
    assert stopped.value.returncode == 130


def test_queue_makes_a_build_and_says_where_to_watch_it(
    db, recipe_file, sent, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        lines, _ = build_stimuli(recipe_file, "--queue")
    build = Build.objects.get()

    assert sent == [(build.pk, 0, 0)]
    assert f"/console/builds/{build.pk}/" in lines[-1]


@pytest.mark.parametrize("option", ["--data-root", "--weights", "--set"])
def test_what_only_this_machine_knows_cannot_be_queued(recipe_file, option):
    with pytest.raises(CommandError, match=f"{option} cannot be used with --queue: workers read"):
        build_stimuli(recipe_file, "--queue", option, "seed=2")


def test_paths_of_the_command_line_start_in_the_current_folder(
    recipe_file, engine, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    engine.script = [ScriptedStep(permille=1000, stimulus_folder=tmp_path)]
    recipes = []
    opened = opening.open_foreground_build
    monkeypatch.setattr(
        opening,
        "open_foreground_build",
        lambda recipe, out: recipes.append(recipe) or opened(recipe, out),
    )
    build_stimuli(recipe_file, "--data-root", "photos", "--weights", "w.pt")
    assert recipes[0].data_root == tmp_path / "photos"
    assert recipes[0].weights_file == tmp_path / "w.pt"


def test_queue_and_out_are_refused_together(recipe_file, tmp_path):
    with pytest.raises(CommandError, match="--out cannot be used with --queue"):
        build_stimuli(recipe_file, "--queue", "--out", tmp_path)
