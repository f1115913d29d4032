"""Sets whose items have several pictures of a kind, texts, or an answer of their own."""

import json

import pytest
from PIL import Image

from pv_engine.errors import ImageDataError
from pv_engine.models import Item, Stimulus, file_names_of
from pv_engine.stimulus_sets.import_list import read_import_list
from pv_engine.stimulus_sets.importing import import_stimuli
from pv_engine.stimulus_sets.loading import load_stimulus_set
from pv_engine.stimulus_sets.manifest import content_sha256, image_names, read_manifest

HEAD = "name,options,answer,query_a,query_b,refs,text:hint\n"
LINES = (
    "unit-1,query_a;query_b,query_a,a.png,b.png,c.png;d.png,Look at the edges\n"
    "unit-2,query_a;query_b,query_b,b.png,a.png,d.png;a.png;c.png,\n"
)


@pytest.fixture
def write(tmp_path):
    for number, name in enumerate("abcd"):
        Image.new("RGB", (20 + number, 20), "#305a80").save(tmp_path / f"{name}.png")

    def write_list(text):
        file = tmp_path / "set.csv"
        file.write_text(text, encoding="utf-8")
        return file

    return write_list


@pytest.fixture
def folder(write, tmp_path):
    return import_stimuli(write(HEAD + LINES), tmp_path, tmp_path / "out")


def test_a_list_with_answers_needs_neither_prediction_nor_image(folder):
    manifest = read_manifest(folder)
    assert manifest["schema_version"] == 2
    rows = {row["name"]: row for row in manifest["items"]}
    assert rows["unit-1"]["answer"] == rows["unit-1"]["prediction"] == "query_a"
    assert rows["unit-1"]["stratum"] == "model_right"
    assert rows["unit-1"]["texts"] == {"hint": "Look at the edges"}
    assert "texts" not in rows["unit-2"]
    assert len(rows["unit-2"]["images"]["refs"]) == 3
    assert isinstance(rows["unit-2"]["images"]["query_a"], str)
    assert len(image_names(manifest)) == 4


def test_an_answer_stands_beside_the_prediction(write, tmp_path):
    head = "prediction,true_labels,options,answer,original,map\n"
    lines = "cat,cat,right;wrong,right,a.png,b.png\ncat,dog,right;wrong,wrong,a.png,b.png\n"
    found = read_import_list(write(head + lines))
    assert [(item.prediction, item.answer) for item in found] == [
        ("cat", "right"),
        ("cat", "wrong"),
    ]
    assert [item.stratum for item in found] == ["model_right", "model_wrong"]


def test_a_set_that_needs_nothing_new_is_of_the_first_version(write, tmp_path):
    head = "prediction,true_labels,options,answer,original,map\n"
    file = write(head + "cat,cat,cat;dog,,a.png,b.png\n")
    manifest = read_manifest(import_stimuli(file, tmp_path, tmp_path / "out"))
    assert manifest["schema_version"] == 1
    assert set(manifest["items"][0]) == {
        "name", "stratum", "prediction", "predicted_set", "true_labels", "options", "images"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (HEAD.replace(",answer", ""), 1, "The column 'prediction' is missing"),
        (HEAD.replace("hint", "My hint"), 1, "'text:My hint' must be named text:"),
        ("options,answer\n", 1, "no column of explanations"),
        (HEAD + LINES.replace(",query_b,b.png", ",query_c,b.png"), 3, "lack the answer 'query_c'"),
        (HEAD + LINES.replace(",query_b,b.png", ",,b.png"), 3, "prediction is empty"),
        (HEAD + LINES.replace("c.png;d.png", ";"), 2, "refs is empty"),
        (HEAD + LINES.replace("c.png;d", "c.png;../d"), 2, "but is '../d.png'"),
        (HEAD + LINES.replace("Look", "x" * 2000), 2, "text:hint must have at most 2,000"),
    ],
)
def test_each_problem_of_the_new_columns_is_named_with_its_line(write, text, line, words):
    with pytest.raises(ImageDataError) as raised:
        read_import_list(write(text))
    assert any(f"line {line}" in row and words in row for row in str(raised.value).splitlines())


def test_every_missing_file_of_a_kind_is_named(write, tmp_path):
    with pytest.raises(ImageDataError) as raised:
        import_stimuli(write(HEAD + LINES.replace("d.png", "e.png")), tmp_path, tmp_path / "out")
    assert str(raised.value).count("e.png") == 2


def test_the_database_has_what_the_manifest_has(db, folder):
    found = load_stimulus_set(folder)
    item = Item.objects.get(name="unit-1")
    assert (item.key, item.texts) == ("query_a", {"hint": "Look at the edges"})
    rows = {row["name"]: row for row in read_manifest(folder)["items"]}
    refs = Stimulus.objects.get(item=item, kind="refs")
    assert refs.file_names == rows["unit-1"]["images"]["refs"]
    stored = file_names_of(Stimulus.objects.filter(item__stimulus_set=found))
    assert stored == sorted(image_names(found.manifest))


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda row: row.update(answer="query_c"), "options lack the answer 'query_c'"),
        (lambda row: row.update(texts=["x"]), "texts must be an object"),
        (lambda row: row.update(texts={"hint": ""}), "texts.hint must be a text"),
        (lambda row: row["images"].update(refs=[]), "images.refs must be a file or a list"),
        (lambda row: row["images"].update(refs=["x"]), "images.refs must be a SHA-256"),
        (lambda row: row["images"].pop("refs"), "images lack 'refs'"),
    ],
)
def test_it_says_what_is_wrong_in_a_manifest_of_the_second_version(folder, edit, message):
    file = folder / "manifest.json"
    manifest = json.loads(file.read_text())
    edit(manifest["items"][0])
    manifest["content_sha256"] = content_sha256(manifest)
    file.write_text(json.dumps(manifest))
    with pytest.raises(ImageDataError, match=message):
        read_manifest(folder)
