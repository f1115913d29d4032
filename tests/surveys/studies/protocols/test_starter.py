"""Protocols to begin with: the starter, and the published study's."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from pv_engine.recipe.conditions import introduction
from pv_engine.stimulus_sets.manifest import read_manifest
from surveys.models import Survey
from surveys.protocol.reader import parse_protocol
from surveys.studies.protocols.loading import load_study, propose_text
from surveys.studies.protocols.starter import left_of_starter, starter_protocol
from tests.factories import CLASSES, make_stimulus_folder, make_survey
from tests.surveys.protocol_files import read_file

pytestmark = pytest.mark.django_db
# What needs something else in the file: a list of languages, a class, a place further up.
SKIPPED = ("# languages", "# introduction = ", "# practice", "# [labels", f"# {CLASSES[0]} = ")
REPLICATION = Path(settings.BASE_DIR) / "protocols" / "replication.toml"


@pytest.mark.parametrize("n_examples", [0, 2])
def test_the_starter_loads_as_it_is(tmp_path, n_examples):
    make_stimulus_folder(
        tmp_path / "sets" / "mine", conditions=["okapi", "pv"], n_examples=n_examples
    )
    file = tmp_path / "studies" / "first.toml"
    call_command(
        "init_study", tmp_path / "sets" / "mine", out=file, slug="first", stdout=StringIO()
    )
    survey, _ = load_study(file)
    assert survey.slug == "first"
    assert [arm.name for arm in survey.protocol.conditions] == ["okapi", "pv"]
    assert 'stimulus_set = "../sets/mine"' in file.read_text()


def test_every_suggested_key_of_the_starter_is_right_once_its_comment_sign_is_gone(tmp_path):
    make_stimulus_folder(tmp_path / "stimuli", n_examples=2, n_wrong=12, n_right=12)
    text = starter_protocol(read_manifest(tmp_path / "stimuli"), "stimuli")
    # A suggestion begins with a key or a table; a remark is a sentence.
    lines = [
        line[2:] if re.match(r"# (\w+ = |\[)", line) else line
        for line in text.splitlines()
        if not line.startswith(SKIPPED)
    ]
    (tmp_path / "all.toml").write_text("practice = 1\n" + "\n".join(lines))
    protocol = load_study(tmp_path / "all.toml")[0].protocol
    assert protocol.trials.two_step
    assert protocol.checks.attention_after == (10, 20)
    assert protocol.comprehension.questions
    assert protocol.questionnaire
    assert protocol.panel.codes.full == "C5ABCDEF"
    assert protocol.sample.size == 100
    assert protocol.stopping.close


def test_it_writes_over_nothing_and_needs_a_stimulus_folder(tmp_path):
    make_stimulus_folder(tmp_path / "stimuli")
    (tmp_path / "x.toml").write_text("mine")
    with pytest.raises(CommandError, match="exists already"):
        call_command("init_study", tmp_path / "stimuli", out=tmp_path / "x.toml")
    with pytest.raises(CommandError, match=r"manifest\.json cannot be read"):
        call_command("init_study", tmp_path, out=tmp_path / "y.toml")
    with pytest.raises(CommandError, match="slug must be at most 50"):
        call_command("init_study", tmp_path / "stimuli", out=tmp_path / "y.toml", slug="A b")
    assert not (tmp_path / "y.toml").exists()


def test_the_console_offers_a_starter_for_each_stimulus_set(researcher, tmp_path):
    survey = make_survey(tmp_path)
    digest = survey.stimulus_set.content_sha256
    address = f"/console/studies/starter-{digest}.toml"
    assert address in researcher.get("/console/studies/new/").text
    text = researcher.get(address).content.decode()
    assert propose_text(text).protocol.stimulus_set == digest
    assert researcher.get(address.replace(digest, "none")).status_code == 404


def test_the_replication_is_the_published_study(tmp_path):
    protocol, text = read_file(REPLICATION), REPLICATION.read_text()
    assert [(arm.name, arm.ratio) for arm in protocol.conditions] == [("gradcam", 1), ("pv", 1)]
    assert protocol.stimulus_set == "stimuli/voc2012"
    assert (protocol.sample.size, protocol.stopping.close) == (98, True)
    declared = [(test["stratum"], test["alternative"]) for test in protocol.analysis["tests"]]
    assert declared == [("model_wrong", "less"), ("model_right", "greater")]
    make_stimulus_folder(
        tmp_path / "stimuli" / "voc2012", n_wrong=14, n_right=16, n_examples=2, size=16
    )
    (tmp_path / "replication.toml").write_text(text)
    survey, _ = load_study(tmp_path / "replication.toml")
    assert survey.status == Survey.Status.DRAFT
    assert survey.stimulus_set.items.filter(is_example=False).count() == 30


def test_a_starter_says_what_an_exemplar_is_and_what_chose_it():
    recipe = {"exemplar": {"head_share": 0.0}}
    assert "It was not made from the image in the question" in introduction("pv_exemplar", recipe)
    assert "answer itself also helped" not in introduction("pv_exemplar", recipe)
    helped = {"exemplar": {"head_share": 0.5}}
    for name in ("pv_exemplar", "pv_exemplars", "exemplar_random"):
        assert introduction(name, helped).endswith("answer itself also helped to choose.")
    assert introduction("pv", helped) == introduction("pv", {})


@pytest.mark.parametrize(("outlined", "alone"), [(True, False), (False, True)])
def test_a_starter_says_what_is_asked_of_a_network_that_marks(tmp_path, outlined, alone):
    conditions = ["none", "pv"] if alone else ["gradcam", "pv"]
    make_stimulus_folder(tmp_path / "stimuli", conditions=conditions)
    manifest = read_manifest(tmp_path / "stimuli")
    manifest["recipe"] = {
        "classifier": {"task": "segmentation"},
        "rendering": {"outline": outlined},
    }
    protocol = parse_protocol(starter_protocol(manifest), "The starter")
    texts = protocol.texts
    assert texts.question == "Which class did the model mark here?"
    assert "guess what the model marked" in texts.information
    assert ("The outline in magenta shows" in texts.introduction) is outlined
    assert ("beside it, an explanation" in texts.introduction) is not alone
    assert left_of_starter(protocol, manifest) == ["texts.information"]
