from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from pv_engine.errors import ImageDataError
from pv_engine.models import StimulusSet
from surveys.errors import ProtocolError
from surveys.models import Survey
from surveys.studies.lifecycle.publishing import close_survey
from surveys.studies.protocols.loading import load_study
from tests.factories import make_protocol, make_stimulus_folder

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    make_stimulus_folder(tmp_path / "stimuli")
    return make_protocol(tmp_path, "demo", ratios=[2, 1])


def test_it_loads_a_survey_with_its_conditions_and_items(file):
    survey, changed = load_study(file)
    assert changed
    assert survey.status == Survey.Status.DRAFT
    assert list(survey.conditions.values_list("name", "ratio")) == [("gradcam", 2), ("pv", 1)]
    assert survey.stimulus_set.items.filter(is_example=False).count() == 4
    assert survey.protocol_toml == file.read_text()


def test_loading_the_same_file_again_changes_nothing(file):
    first, _ = load_study(file)
    again, changed = load_study(file)
    assert (again.pk, changed) == (first.pk, False)
    assert StimulusSet.objects.count() == 1


def test_a_draft_takes_over_a_changed_protocol(file):
    load_study(file)
    survey, changed = load_study(make_protocol(file.parent, "demo", ratios=[1, 1], seed=8))
    assert changed
    assert survey.seed == 8
    assert list(survey.conditions.values_list("ratio", flat=True)) == [1, 1]


def test_the_hash_is_that_of_the_content_not_of_the_folder(file, tmp_path):
    first, _ = load_study(file)
    (tmp_path / "stimuli").rename(tmp_path / "moved")
    again, changed = load_study(make_protocol(tmp_path, "demo", ratios=[2, 1], stimuli="moved"))
    assert (again.protocol_sha256, changed) == (first.protocol_sha256, False)


def test_it_refuses_a_condition_that_was_not_rendered_and_stores_nothing(tmp_path):
    make_stimulus_folder(tmp_path / "stimuli", conditions=["pv"])
    with pytest.raises(ProtocolError, match="'gradcam' is not in the stimulus set; it has pv"):
        load_study(make_protocol(tmp_path, "demo"))
    assert not Survey.objects.exists()
    assert not StimulusSet.objects.exists()


def test_it_refuses_a_folder_without_stimuli(tmp_path):
    with pytest.raises(ImageDataError, match=r"manifest.json cannot be read"):
        load_study(make_protocol(tmp_path, "demo", stimuli="nowhere"))


def test_the_command_opens_the_survey_and_says_so(file):
    out = StringIO()
    call_command("load_study", file, open=True, stdout=out)
    assert "It is open: /s/demo/" in out.getvalue()
    call_command("load_study", file, open=True, stdout=out)
    assert "was already loaded and has not changed" in out.getvalue()


def test_the_command_does_not_open_again_what_its_researcher_has_closed(file):
    call_command("load_study", file, open=True, stdout=StringIO())
    close_survey(Survey.objects.get())
    call_command("load_study", file, open=True, stdout=StringIO())
    assert Survey.objects.get().status == Survey.Status.CLOSED


def test_the_command_fails_with_one_sentence(tmp_path):
    with pytest.raises(CommandError, match=r"none\.toml cannot be read"):
        call_command("load_study", tmp_path / "none.toml")


def test_the_command_loads_a_rehearsal(file):
    call_command("load_study", str(file), slug="rehearsal", open=True, stdout=StringIO())
    assert Survey.objects.get(slug="rehearsal").status == Survey.Status.OPEN
