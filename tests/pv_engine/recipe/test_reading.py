import hashlib
import json
from pathlib import Path

import pytest

from pv_engine.errors import RecipeError
from pv_engine.recipe.reading import Places, parse_recipe, read_recipe

RECIPES = sorted((Path(__file__).parents[3] / "recipes").glob("*.toml"))
SCENES = '[data]\nkind = "scenes"\ntrain = 10\nheld_out = 10\n'


def parse(text: str):
    return parse_recipe(text, "study.toml", Path())


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_every_recipe_of_the_project_can_be_read(path):
    assert read_recipe(path).name == path.stem


def test_defaults_are_the_papers():
    decoder = parse(SCENES).decoder
    assert (decoder.mse_weight, decoder.ssim_weight, decoder.dsim_weight) == (0.2, 0.4, 0.4)
    selection = parse(SCENES).selection
    assert (selection.model_wrong, selection.model_right) == (14, 16)


def test_comments_and_spacing_do_not_change_the_hash_but_a_value_does():
    plain = parse(SCENES).sha256
    assert parse("# a note\n" + SCENES.replace(" = ", "=")).sha256 == plain
    assert parse(SCENES.replace("train = 10", "train = 11")).sha256 != plain


def test_the_short_name_of_a_factory_says_and_hashes_the_same():
    short = parse(SCENES)
    long = parse(
        SCENES.replace(
            'kind = "scenes"', 'factory = "fixtures.scenes.source:SceneSource"\nkind = "factory"'
        )
    )
    assert long.data == short.data
    assert long.data.source == "scenes"
    # As the first version hashed it: work folders, manifests and stored builds are found by it.
    written = '{"data":{"held_out":10,"kind":"scenes","train":10}}'
    assert long.sha256 == short.sha256 == hashlib.sha256(written.encode()).hexdigest()


def test_a_source_is_known_by_its_kind_or_its_factory():
    assert parse('[data]\nkind = "csv"\nroot = "x"').data.source == "csv"
    assert parse('[data]\nkind = "factory"\nfactory = "own:photos"').data.source == "own:photos"


def test_the_recipe_of_the_demo_is_still_that_of_its_committed_stimulus_set():
    recipe = read_recipe(RECIPES[0].with_name("demo.toml"))
    (manifest,) = (RECIPES[0].parents[1] / "fixtures" / "stimuli").glob("*/manifest.json")
    made_by = json.loads(manifest.read_text())
    assert recipe.sha256 == made_by["recipe_sha256"]
    written = [f"{key} = {json.dumps(value)}" for key, value in made_by["recipe"]["data"].items()]
    assert recipe.data == parse("\n".join(["[data]", *written])).data


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            SCENES + "[decoder]\nwidht = 1.0",
            "line 6: unknown key decoder.widht (did you mean width?); known here are profile",
        ),
        ("colour = 1\n" + SCENES, "line 1: unknown key colour; known here are name, seed, data"),
        (
            SCENES + "[decoder]\nlayout_epochs = 0",
            "decoder.layout_epochs must be a whole number of at least 1, but is 0",
        ),
        (
            "[data]\ntrain = 1",
            "line 1: the key data.kind is missing; it must be one of 'image_folder', 'voc'",
        ),
        (
            '[data]\nkind = "sceens"',
            "data.kind must be one of 'image_folder', 'voc', 'csv', 'mask_folder', 'factory', "
            "'scenes', but is 'sceens' (did you mean scenes?)",
        ),
        (SCENES + '[decoder]\nepochs = "ten"', "decoder.epochs must be a whole number"),
        (SCENES + "[decoder]\nepochs = true", "decoder.epochs must be a whole number"),
        (SCENES + "[decoder]\nmse_weight = 0.3", "must sum to 1, but sum to 1.1"),
        (
            SCENES + '[rendering]\nsaliency = "cam"',
            "rendering.saliency must be one of 'gradcam', 'gradcam++'",
        ),
        (
            SCENES + '[rendering]\nconditions = ["pvv"]',
            "rendering.conditions[1] must be one of 'gradcam'",
        ),
        ("data = 3", "data must be a table"),
        ("[data", "is not valid TOML"),
        ('[data]\nkind = "image_folder"', "data.root must name the folder"),
        ('[data]\nkind = "factory"', "data.factory must name a function as <package.module>:<fun"),
        (
            SCENES + 'factory = "own:photos"',
            "needs data.kind = \"factory\", but data.kind is 'scenes'",
        ),
        ('[data]\nkind = "csv"\nfactory = "own:photos"', 'needs data.kind = "factory", but'),
        (
            '[data]\nkind = "csv"\nroot = "x"\nheld_out_split = "train"',
            "are both 'train'; held-out images must not be trained on",
        ),
        (SCENES + "[decoder]\npooled_share = 0.5", 'set feature_loss = "relative"'),
        (
            SCENES + "[decoder]\ndsim_weight = 0.3\nprediction_weight = 0.1",
            'needs decoder.profile = "upsampling"',
        ),
    ],
)
def test_it_names_the_key_and_what_would_be_right(text, sentence):
    with pytest.raises(RecipeError, match=r"study\.toml") as caught:
        parse(text)
    assert sentence in str(caught.value)


def test_a_missing_recipe_is_named(tmp_path):
    with pytest.raises(RecipeError, match=r"none\.toml cannot be read"):
        read_recipe(tmp_path / "none.toml")


def test_single_values_can_be_replaced_and_count_as_written():
    changed = parse_recipe(SCENES, "study.toml", Path(), ["data.train=20", "decoder.width=0.5"])
    assert (changed.data.train, changed.decoder.width) == (20, 0.5)
    written = parse(SCENES.replace("train = 10", "train = 20") + "[decoder]\nwidth = 0.5")
    assert changed.sha256 == written.sha256


def test_a_replaced_text_needs_no_quotes():
    changed = parse_recipe(SCENES, "study.toml", Path(), ["data.root=/photos/a b", "name=pilot"])
    assert (changed.data.root, changed.name) == ("/photos/a b", "pilot")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("data.train", "is no change; write it as section.key=value"),
        ("data.trian=3", "unknown key data.trian (did you mean train?)"),
        ("seed.x=3", "changes seed, which is no table"),
    ],
)
def test_a_change_that_cannot_be_made_is_named(change, sentence):
    with pytest.raises(RecipeError, match=r"study\.toml|change") as caught:
        parse_recipe("seed = 1\n" + SCENES, "study.toml", Path(), [change])
    assert sentence in str(caught.value)


def test_places_change_where_files_are_read_but_not_the_hash():
    text = '[data]\nkind = "voc"\nroot = "voc"\n[classifier]\nweights = "w.pt"\n'
    recipe = parse_recipe(text, "study.toml", Path("/studies"))
    moved = recipe.at(Places(Path("/datasets"), Path("/weights/r.pt")))
    assert (recipe.data_root, recipe.weights_file) == (Path("/studies/voc"), Path("/studies/w.pt"))
    assert (moved.data_root, moved.weights_file) == (Path("/datasets"), Path("/weights/r.pt"))
    assert moved.sha256 == recipe.sha256 == recipe.build_key
    assert moved.settings == recipe.settings
    # Builds from different files never share a work folder.
    assert len({recipe.build_key, moved.build_key, recipe.at(Places(Path("/d"))).build_key}) == 3


@pytest.mark.parametrize(("weights", "downloads"), [("default", True), ("", False)])
def test_given_weights_replace_the_librarys_own(weights, downloads):
    text = f'{SCENES}[classifier]\narchitecture = "timm:resnet18"\nweights = "{weights}"\n'
    recipe = parse(text)
    assert recipe.weights_file is None
    assert recipe.downloads_weights is downloads
    assert not recipe.at(Places(weights=Path("/w.pt"))).downloads_weights


def test_a_key_of_a_later_version_with_its_default_does_not_change_the_hash():
    assert parse(SCENES).sha256 == parse(SCENES).sha256
    assert "difficult" not in parse(SCENES).table["data"]
    assert parse(SCENES).settings["data"]["difficult"] == "ignore"


EXEMPLAR = "[exemplar]\n"
SHOWN = '[rendering]\nconditions = ["pv_exemplar"]\n'


def test_a_recipe_without_exemplars_knows_nothing_of_them():
    assert parse(SCENES).exemplar is None
    assert "exemplar" not in parse(SCENES).settings
    assert parse(SCENES + EXEMPLAR + SHOWN).settings["exemplar"]["head_share"] == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            SHOWN,
            "rendering.conditions shows exemplars, which need a section [exemplar]; add it, it may",
        ),
        (
            EXEMPLAR,
            "line 5: exemplar is a section, but no condition shows exemplars; name pv_exemplar in",
        ),
        (EXEMPLAR + "head_share = 1.5", "head_share must be a number from 0 to 1, but is 1.5"),
        (EXEMPLAR + "components = 0", "components must be a whole number of at least 1, but is 0"),
        (EXEMPLAR + "shift = -1", "exemplar.shift must be a whole number of at least 0, but is -1"),
        (EXEMPLAR + "bank = -1", "exemplar.bank must be a whole number of at least 0, but is -1"),
        (EXEMPLAR + "neighbours = 3", "neighbours must be a whole number of at least 4, but is 3"),
    ],
)
def test_a_broken_exemplar_section_is_said_in_a_sentence(text, sentence):
    with pytest.raises(RecipeError) as caught:
        parse(SCENES + text)
    [problem] = str(caught.value).splitlines()
    assert sentence in problem


def test_a_missing_exemplar_section_is_named_beside_other_problems():
    with pytest.raises(RecipeError) as caught:
        parse(SCENES + SHOWN + "image_size = 8\n[decoder]\nepochs = 0\n")
    assert [problem.key for problem in caught.value.problems] == [
        "rendering.conditions",
        "rendering.image_size",
        "decoder.epochs",
    ]
