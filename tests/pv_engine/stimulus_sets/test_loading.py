import json
from pathlib import Path

import pytest
from django.core.files.storage import storages

from pv_engine.errors import ImageDataError
from pv_engine.models import Item, Stimulus, StimulusSet
from pv_engine.stimulus_sets.loading import load_stimulus_set
from pv_engine.stimulus_sets.manifest import content_sha256, read_manifest
from tests.factories import make_stimulus_folder, write_manifest


@pytest.fixture
def folder(tmp_path):
    return make_stimulus_folder(tmp_path / "stimuli", n_wrong=3, n_right=2, n_examples=1)


def first_image(folder):
    return sorted((folder / "images").iterdir())[0]


def change(folder, edit):
    manifest = json.loads((folder / "manifest.json").read_text())
    edit(manifest)
    write_manifest(folder, manifest)


def test_it_stores_items_examples_and_images(folder, db):
    stimulus_set = load_stimulus_set(folder)
    assert stimulus_set.name == "shapes"
    assert stimulus_set.items.filter(is_example=False).count() == 5
    assert stimulus_set.items.filter(is_example=True).count() == 1
    assert Stimulus.objects.count() == 18
    item = Item.objects.get(name="item-01")
    row = stimulus_set.manifest["items"][0]
    assert (item.prediction, item.options) == (row["prediction"], row["options"])
    for stimulus in Stimulus.objects.all():
        with storages["stimuli"].open(stimulus.file_name) as file:
            stored = file.read()
        assert stored == (folder / "images" / stimulus.file_name).read_bytes()


def test_loading_it_twice_gives_the_same_set(folder, db):
    assert load_stimulus_set(folder).pk == load_stimulus_set(folder).pk
    assert StimulusSet.objects.count() == 1
    assert Item.objects.count() == 6


def test_it_replaces_an_image_that_an_interrupted_load_left_behind(folder, db):
    name = first_image(folder).name
    load_stimulus_set(folder)
    with open(storages["stimuli"].path(name), "wb") as file:  # noqa: PTH123 - any storage's path
        file.write(b"half")
    load_stimulus_set(folder)
    assert storages["stimuli"].size(name) == first_image(folder).stat().st_size


def test_it_leaves_the_image_that_another_process_is_writing_where_it_is(folder, db, monkeypatch):
    """Deleting it would make the other's save fail at its next step."""
    storage = storages["stimuli"]
    name = first_image(folder).name
    Path(storage.path("")).mkdir(parents=True, exist_ok=True)
    with open(storage.path(name), "wb") as half:  # noqa: PTH123 - any storage's path
        half.write(b"half")
        monkeypatch.setattr(type(storage), "delete", lambda *_: pytest.fail("it was deleted"))
        load_stimulus_set(folder)
    assert storage.size(name) == first_image(folder).stat().st_size


def test_it_names_an_image_that_is_missing(folder, db):
    image = first_image(folder)
    image.unlink()
    with pytest.raises(ImageDataError, match=f"{image.name}, which the manifest names, cannot be"):
        load_stimulus_set(folder)
    assert not StimulusSet.objects.exists()


def test_it_names_an_image_that_was_changed(folder, db):
    image = first_image(folder)
    image.write_bytes(image.read_bytes()[:-10])
    with pytest.raises(ImageDataError, match=f"{image.name}.*changed or truncated"):
        load_stimulus_set(folder)


def test_it_names_an_image_that_is_none(folder, db):
    import hashlib

    content = b"not an image"
    name = f"{hashlib.sha256(content).hexdigest()}.webp"
    (folder / "images" / name).write_bytes(content)
    change(folder, lambda manifest: manifest["items"][0]["images"].update(pv=name))
    with pytest.raises(ImageDataError, match="not a readable WEBP image"):
        load_stimulus_set(folder)
    assert not StimulusSet.objects.exists()


def test_it_notices_a_manifest_that_was_changed_by_hand(folder):
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text.replace("model_wrong", "model_right", 1))
    with pytest.raises(ImageDataError, match="the manifest was changed"):
        read_manifest(folder)


def test_the_hash_is_of_what_is_seen_and_scored_not_of_how_it_was_made(folder):
    manifest = read_manifest(folder)
    assert content_sha256({**manifest, "versions": {"torch": "9"}}) == manifest["content_sha256"]
    assert content_sha256({**manifest, "items": []}) != manifest["content_sha256"]


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda m: m.update(schema_version=3), "schema_version must be 1 or 2, but is 3"),
        (lambda m: m.update(items=[]), "items must be a list of items"),
        (lambda m: m.update(classes="boat"), "classes must be a list of texts"),
        (lambda m: m.update(classes=["a;b", *m["classes"]]), "must not contain the character ';'"),
        (lambda m: m["items"][0].pop("prediction"), r"items\[0\] prediction must be a text"),
        (lambda m: m["items"][0].update(prediction="zebra"), "'zebra', which is not among"),
        (lambda m: m["items"][1].update(stratum="odd"), r"items\[1\] stratum must be one of"),
        (lambda m: m["items"][0].update(options=["boat"]), "options must be two or more"),
        (lambda m: m["items"][0]["options"].remove(m["items"][0]["prediction"]), "lack the predi"),
        (lambda m: m["items"][0]["images"].pop("pv"), "images lack 'pv'"),
        (lambda m: m["items"][0]["images"].update(pv="../x.webp"), "images.pv must be a SHA-256"),
        (lambda m: m["examples"][0].update(name="item-01"), "'item-01' is given twice"),
        (lambda m: m["items"].append(3), r"items\[5\] must be an object"),
    ],
)
def test_it_says_what_is_wrong_in_a_manifest(folder, edit, message):
    change(folder, edit)
    with pytest.raises(ImageDataError, match=message) as error:
        read_manifest(folder)
    assert "manifest.json" in str(error.value)


def test_it_names_a_key_that_is_missing(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["examples"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ImageDataError, match="lacks the key examples"):
        read_manifest(folder)


@pytest.mark.parametrize(("text", "message"), [("{", "not valid JSON"), ("[]", "a JSON object")])
def test_it_refuses_a_manifest_that_is_none(tmp_path, text, message):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ImageDataError, match=message):
        read_manifest(tmp_path)
