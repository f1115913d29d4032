"""Names that weights give their outputs, against the data's classes."""

import json
from dataclasses import replace
from typing import Any

import pytest

from pv_engine.errors import RecipeError, WeightsError
from pv_engine.networks.classifier import build_classifier
from pv_engine.networks.families.hugging_face import outputs_in
from pv_engine.networks.families.known import preset_of
from pv_engine.networks.output_names import notes_on_outputs, refuse_other_classes
from pv_engine.recipe import ClassifierConfig

CLASSES = ("amber", "blue", "green", "red")
ORDERED = {"0": "amber", "1": "blue", "2": "green", "3": "red"}


def inverse(names):
    return {name: int(number) for number, name in names.items()}


@pytest.fixture
def with_names(tmp_path, tiny_recipe):
    """Makes a recipe of a small Hugging Face network whose config.json has these settings."""
    transformers = pytest.importorskip("transformers")
    config = transformers.ResNetConfig(
        embedding_size=8, hidden_sizes=[8, 8], depths=[1, 1], num_labels=4
    )
    folder = tmp_path / "resnet"
    transformers.ResNetForImageClassification(config).save_pretrained(folder)
    stored = json.loads((folder / "config.json").read_text())

    def make(id2label, label2id=None, *changes):
        settings = {"id2label": id2label, "label2id": label2id or inverse(id2label)}
        (folder / "config.json").write_text(json.dumps(stored | settings))
        return tiny_recipe(
            f"classifier.architecture=hf:{folder}",
            "classifier.weights=default",
            "classifier.train=none",
            "data.image_size=64",
            *changes,
        )

    return make


def test_the_datas_order_is_accepted(with_names):
    refuse_other_classes(with_names(ORDERED), CLASSES)


def test_another_order_is_refused_with_the_class_and_both_places(with_names):
    recipe = with_names({"0": "amber", "1": "red", "2": "green", "3": "blue"})
    with pytest.raises(
        WeightsError,
        match=r"name 'red' as output 1, where the data has the class 'blue', which is output 3; "
        r"list the classes .* in data\.classes, or train a head",
    ):
        refuse_other_classes(recipe, CLASSES)


def test_another_order_stops_a_build_before_it_begins(with_names, tmp_path):
    from pv_engine.pipeline.stimulus_build import StimulusBuild

    recipe = with_names({"0": "amber", "1": "red", "2": "green", "3": "blue"})
    with pytest.raises(WeightsError, match="name 'red' as output 1"):
        StimulusBuild(recipe, tmp_path / "work", tmp_path / "sets").advance()


def test_case_underscores_and_lists_of_synonyms_do_not_matter(with_names):
    names = {"0": "Tree Frog, Litoria", "1": "BLUE", "2": "green_sea_turtle", "3": "red"}
    refuse_other_classes(with_names(names), ("tree_frog", "blue", "Green sea-turtle", "red"))
    with pytest.raises(WeightsError, match="class 'litoria', which is output 0"):
        refuse_other_classes(with_names(names), ("x", "litoria", "blue", "red"))


def test_folders_of_numbers_sorted_as_text_are_refused_where_the_weights_name_numbers(with_names):
    names = {"0": "0", "1": "1", "2": "2", "3": "10"}
    with pytest.raises(WeightsError, match="class '10', which is output 3"):
        refuse_other_classes(with_names(names), ("0", "1", "10", "2"))


def test_names_that_say_nothing_or_something_else_are_accepted(with_names):
    refuse_other_classes(with_names({str(at): f"LABEL_{at}" for at in range(4)}), CLASSES)
    refuse_other_classes(
        with_names({"0": "Bernstein", "1": "blau", "2": "green", "3": "rot"}), CLASSES
    )


def test_label2id_counts_where_id2label_was_made_up(with_names):
    made_up = {str(at): f"LABEL_{at}" for at in range(4)}
    names = {"amber": 0, "blue": 3, "green": 2, "red": 1}
    with pytest.raises(WeightsError, match="'blue', which is output 3"):
        refuse_other_classes(with_names(made_up, names), CLASSES)


def test_a_list_of_classes_decides_and_the_difference_is_noted(with_names):
    recipe = with_names({"0": "amber", "1": "red", "2": "green", "3": "blue"})
    recipe = replace(recipe, data=replace(recipe.data, classes="classes.csv"))
    refuse_other_classes(recipe, CLASSES)
    (note,) = notes_on_outputs(recipe, CLASSES)
    assert "which is output 3; the list in data.classes decides." in note


def test_names_do_not_matter_where_a_head_is_trained(with_names):
    other = {"0": "red", "1": "blue", "2": "green", "3": "amber"}
    refuse_other_classes(with_names(other, None, "classifier.train=head"), CLASSES)


def test_id2label_and_label2id_that_contradict_each_other_are_refused(with_names):
    recipe = with_names(ORDERED, {"amber": 1, "blue": 0, "green": 2, "red": 3})
    with pytest.raises(RecipeError, match=r"'amber' is output 0 in id2label, but 1 in label2id"):
        build_classifier(recipe, 4)


def test_outputs_that_are_counted_from_one_are_refused():
    with pytest.raises(RecipeError, match="the outputs are 1 to 2, not counted from 0"):
        outputs_in({"id2label": {"1": "amber", "2": "blue"}}, "hf:x")


def test_two_outputs_may_have_one_name_as_imagenets_cranes_do():
    names = {
        "id2label": {"0": "crane", "1": "hen", "2": "crane"},
        "label2id": {"crane": 2, "hen": 1},
    }
    assert outputs_in(names, "hf:x") == ("crane", "hen", "crane")


def test_weights_of_another_size_than_config_json_says_are_refused(with_names):
    recipe = with_names({**ORDERED, "4": "violet"})
    with pytest.raises(RecipeError, match="cannot be loaded as an image classifier"):
        build_classifier(recipe, 4)


def test_a_head_of_more_classes_is_refused_with_both_remedies(with_names):
    with pytest.raises(WeightsError, match=r"has 4 outputs, but the data has 2 .*data\.classes"):
        build_classifier(with_names(ORDERED), 2)


@pytest.mark.parametrize("name", ["torchvision:resnet18", "timm:resnet18"])
def test_libraries_weights_name_imagenets_classes(name, tiny_recipe):
    outputs = preset_of(ClassifierConfig(architecture=name)).outputs
    assert (len(outputs), "tench" in outputs[0], "hen" in outputs[8]) == (1000, True, True)
    recipe = tiny_recipe(
        f"classifier.architecture={name}", "classifier.weights=default", "classifier.train=none"
    )
    names = [output.split(", ")[1 if name.startswith("timm") else 0] for output in outputs]
    refuse_other_classes(recipe, tuple(names))
    with pytest.raises(WeightsError, match="which is output"):
        refuse_other_classes(recipe, tuple(sorted(names)))


def test_a_segmentation_networks_background_is_no_class(tiny_recipe):
    config = ClassifierConfig(
        architecture="torchvision:fcn_resnet50",
        weights="default",
        task="segmentation",
        train="none",
    )
    recipe = replace(tiny_recipe(), classifier=config)
    outputs = preset_of(recipe.classifier).outputs
    assert outputs[:2] == ("__background__", "aeroplane")
    refuse_other_classes(recipe, outputs[1:])
    with pytest.raises(WeightsError, match="'aeroplane' as output 0"):
        refuse_other_classes(recipe, ("bicycle", "aeroplane", *outputs[3:]))


def test_numbers_in_the_order_of_text_are_noted_where_weights_are_given(tiny_recipe):
    recipe = tiny_recipe("classifier.weights=w.safetensors", "classifier.train=none")
    (note,) = notes_on_outputs(recipe, ("0", "1", "10", "2"))
    assert "numbers in the order 0, 1, 10, 2, as text is sorted" in note
    assert not list(notes_on_outputs(recipe, ("0", "1", "2", "3")))


@pytest.mark.parametrize("key", ["prompts", "answers"])
def test_texts_that_name_each_others_classes_are_refused(tiny_recipe, key):
    def of(*texts):
        config = ClassifierConfig(architecture="hf:x", train="none")
        changes: dict[str, Any] = {key: texts}
        return replace(tiny_recipe(), classifier=replace(config, **changes))

    classes = ("dog", "hot_dog", "red fox")
    refuse_other_classes(of("a Dog", "a hot dog", "a red fox"), classes)
    refuse_other_classes(of("a puppy", "a hot-dog", "a fox"), classes)
    with pytest.raises(
        RecipeError, match=r"'a red fox' for the class 'dog'; .*order of the classes, dog, hot_dog"
    ):
        refuse_other_classes(of("a red fox", "a hot dog", "a puppy dog"), classes)
