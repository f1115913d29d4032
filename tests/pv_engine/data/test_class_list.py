"""Names and order of classes from a file, and files of weights that name them."""

import json
from dataclasses import replace

import pytest

from pv_engine.data.class_list import read_class_list, relabelled
from pv_engine.data.folder_source import FolderSource
from pv_engine.data.views import FileSource
from pv_engine.errors import ImageDataError, WeightsError
from pv_engine.networks.classifier import build_classifier
from pv_engine.networks.output_names import refuse_other_classes
from pv_engine.networks.weights.files import copy_weights, save_weights, stored_classes
from pv_engine.recipe import ClassifierConfig, DataConfig

NAMES = {"red": "crimson", "blue": "blue", "amber": "amber", "green": "green"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.csv", "label,name\nred,crimson\n,blue\nanything,amber\n"),
        ("c.csv", "\ufeffname,label\ncrimson,red\nblue,\namber,anything\n"),
        ("c.json", '{"1": "blue", "0": ["red", "crimson"], "2": ["anything", "amber"]}'),
        ("c.json", '[["red", "crimson"], "blue", ["anything", "amber"]]'),
    ],
)
def test_it_reads_labels_and_names_in_the_order_of_the_outputs(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    found = read_class_list(tmp_path / name)
    assert list(found.items()) == [("red", "crimson"), ("blue", "blue"), ("anything", "amber")]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("c.csv", "class\nred\n", "must be a CSV file with the column `name`"),
        ("c.json", '{"0": "red", "2": "blue"}', "must be a CSV file"),
        ("c.json", '["red", 3]', "must be a CSV file"),
        ("c.json", "{", "cannot be read"),
        ("c.csv", "name\nred\nred\n", "names 'red' twice"),
        ("c.csv", "", "must be a CSV file"),
    ],
)
def test_another_form_is_refused_with_the_right_one(tmp_path, name, text, sentence):
    (tmp_path / name).write_text(text)
    with pytest.raises(ImageDataError, match=sentence):
        read_class_list(tmp_path / name)


def test_the_data_has_the_lists_classes(photos):
    path = photos / "classes.json"
    path.write_text(json.dumps([*map(list, NAMES.items()), "never seen"]))
    source = relabelled(FolderSource(DataConfig(kind="image_folder", root="p"), photos, 1), path)
    assert source.classes == ("crimson", "blue", "amber", "green", "never seen")
    name = next(each for each in source.names("train") if "/red/" in each)
    assert source.labels(name) == ("crimson",)
    assert isinstance(source, FileSource)
    assert source.path(name) == photos / name


def test_a_list_that_lacks_a_label_of_the_data_is_refused(photos):
    path = photos / "classes.json"
    path.write_text('["amber", "blue", "green"]')
    source = FolderSource(DataConfig(kind="image_folder", root="p"), photos, 1)
    with pytest.raises(ImageDataError, match="lacks 'red', which is a label of the data"):
        relabelled(source, path)


@pytest.fixture
def stored(tiny_recipe):
    """A recipe whose weights file names its outputs."""
    recipe = tiny_recipe()
    network = build_classifier(replace(recipe, classifier=ClassifierConfig(width=4)), 4)
    save_weights(network, recipe.folder / "w.safetensors", ("amber", "blue", "green", "red"))
    config = ClassifierConfig(width=4, weights="w.safetensors", train="none")
    return replace(recipe, classifier=config)


def test_a_file_of_the_same_classes_is_accepted(stored):
    refuse_other_classes(stored, ("amber", "blue", "green", "red"))


def test_another_order_is_refused_with_the_first_difference(stored):
    with pytest.raises(WeightsError, match=r"names 'blue' as output 1, where the data has .*'red'"):
        refuse_other_classes(stored, ("amber", "red", "green", "blue"))


def test_another_number_of_classes_is_refused(stored):
    with pytest.raises(WeightsError, match=r"names 4 classes, but the data has 2; .*data\.classes"):
        refuse_other_classes(stored, ("amber", "red"))


def test_classes_do_not_matter_where_a_head_is_trained(stored):
    head = replace(stored, classifier=replace(stored.classifier, train="head"))
    refuse_other_classes(head, ("one", "two"))


def test_names_survive_a_copy_and_files_of_others_have_none(stored, tmp_path):
    path = stored.folder / "w.safetensors"
    copy_weights(path, tmp_path / "copy.safetensors", ("a", "b"))
    assert stored_classes(tmp_path / "copy.safetensors") == ("a", "b")
    copy_weights(path, tmp_path / "bare.safetensors")
    assert stored_classes(tmp_path / "bare.safetensors") is None


def test_a_builds_classifier_names_the_datas_classes(first_build):
    workspace = first_build.publish.workspace
    assert stored_classes(workspace.classifier_path) == workspace.source.classes
