"""Responses from the database: the same frames as from the export."""

import pandas as pd
import pytest
from django.core.management import call_command
from django.utils import timezone

from analysis.data.exports import read_export
from analysis.data.loading import load_study
from analysis.errors import DataError
from surveys.export.folder import export_study
from surveys.models import Participant, Trial
from tests.factories import make_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(tmp_path):
    survey = make_survey(tmp_path)
    call_command("run_bots", "shapes", participants=6, seed=1, verbosity=0)
    return survey


def test_the_database_and_the_export_give_the_same_frames(survey, tmp_path):
    export_study(survey, tmp_path / "export")
    ours, theirs = load_study("shapes"), read_export(tmp_path / "export")
    for name in ("trials", "participants", "scores"):
        pd.testing.assert_frame_equal(getattr(ours, name), getattr(theirs, name))
    assert ours.provenance == theirs.provenance
    assert ours.provenance["source"] == "study shapes"


def test_it_scores_the_participants_who_finished(survey):
    study = load_study("shapes")
    assert study.n_participants == study.n_simulated == 6
    assert study.scores.groupby("participant_id").size().tolist() == [3] * 6
    assert study.provenance["protocol SHA-256"] == survey.protocol_sha256


def test_it_brings_the_pictures_of_every_item_that_was_asked(survey):
    pictures = load_study("shapes").pictures
    assert sorted(pictures) == [f"item-0{number}" for number in range(1, 5)]
    assert [label for label, _ in pictures["item-01"]] == ["Image", "Grad-CAM", "PV"]
    assert all(uri.startswith("data:image/webp;base64,") for _, uri in pictures["item-01"])


def test_it_names_the_surveys_there_are(survey):
    with pytest.raises(
        DataError, match="no study 'demmo'; the studies in the database are: shapes"
    ):
        load_study("demmo")


def test_it_says_that_there_are_no_participants_yet(tmp_path):
    make_survey(tmp_path)
    with pytest.raises(DataError, match="'shapes' has no participants yet"):
        load_study("shapes")


def test_attention_checks_and_repeats_are_no_answers_to_the_study(survey):
    before = load_study("shapes").scores
    Trial.objects.filter(position=2).update(kind=Trial.Kind.ATTENTION)
    after = load_study("shapes").scores
    asked = [scores.query("stratum == 'all'")["n_trials"].sum() for scores in (before, after)]
    assert asked == [24, 18]


def test_someone_who_withdrew_is_not_analysed(survey):
    Participant.objects.filter(number=1).update(withdrawn_at=timezone.now())
    study = load_study("shapes")
    assert study.n_participants == 5
    assert (study.participants["status"] == "withdrawn").sum() == 1
