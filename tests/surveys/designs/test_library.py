"""Every protocol of the library loads, is walked by bots, and gives an export and a report."""

import json
import re

import pytest
from django.conf import settings

from analysis.services import results_of_export
from surveys.bots.policies import find_policy
from surveys.bots.walker import run_bots
from surveys.checks.leaks import find_leaks
from surveys.checks.stored_data import find_problems
from surveys.export.check import export_problems
from surveys.export.folder import export_study
from surveys.models import Survey
from surveys.studies.lifecycle.publishing import open_survey
from surveys.studies.protocols.loading import load_study
from tests.factories import make_stimulus_folder
from tests.surveys.protocol.test_library import DESIGNS

LIBRARY = settings.BASE_DIR / "protocols"
# What each needs: items where the model is wrong, items where it is right, and examples.
NEEDS = {
    "crossover": (3, 3, 2),
    "forward_simulation": (16, 16, 16),
    "meta_predictor": (10, 11, 15),
    "replication": (3, 3, 2),
    "two_step": (3, 3, 2),
}


def test_every_protocol_is_tried_and_names_its_source():
    files = sorted(LIBRARY.glob("*.toml"))
    assert [file.stem for file in files] == sorted([*NEEDS, *DESIGNS])
    for file in files:
        head = file.read_text().split("\n\n")[0]
        assert re.search(r"\b(19|20)\d\d\b", head), file.name


@pytest.fixture
def survey_of(db, tmp_path):
    def load(name):
        wrong, right, examples = NEEDS[name]
        folder = tmp_path / "stimuli" / "voc2012"
        make_stimulus_folder(folder, wrong, right, ("gradcam", "pv"), examples, size=24)
        text = (LIBRARY / f"{name}.toml").read_text()
        (tmp_path / f"{name}.toml").write_text(text)
        survey, _ = load_study(tmp_path / f"{name}.toml")
        open_survey(survey)
        return survey

    return load


@pytest.mark.parametrize("name", sorted(NEEDS))
def test_bots_take_it_from_the_first_page_to_the_report(survey_of, tmp_path, name):
    survey = survey_of(name)
    bots = list(run_bots(survey, 2 * survey.conditions.count(), 1, find_policy("paper")))
    assert all(bot.finished_at is not None for bot in bots)
    assert list(find_problems(Survey.objects.get())) == []
    export_study(survey, tmp_path / "out")
    assert list(export_problems(tmp_path / "out")) == []
    results_of_export(tmp_path / "out", tmp_path / "results")
    results = json.loads((tmp_path / "results" / "results.json").read_text())
    assert results["n_participants"] == len(bots)


@pytest.mark.parametrize("name", ["forward_simulation", "meta_predictor"])
def test_no_page_gives_an_answer_before_it_is_given(survey_of, name):
    assert find_leaks(survey_of(name))[0] == []
