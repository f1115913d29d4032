"""A study that collects everything is reported in full, the same from its export."""

import csv
import json

import pytest
from django.core.management import call_command

from surveys.export.folder import export_study
from surveys.models import Participant
from tests.factories import make_survey
from tests.surveys.everything import EVERYTHING

DEVICE = "\n[device]\nrecord = true\ncolour_plates = 2\n"
KEYS = {
    "questionnaire", "questionnaire_scales", "text_answers", "comprehension",
    "comprehension_turned_away", "attention_checks", "picture_width", "devices", "device_tests",
}  # fmt: skip


@pytest.mark.django_db
def test_everything_collected_is_reported_the_same_from_study_and_export(tmp_path, undrawn):
    survey = make_survey(tmp_path, more=EVERYTHING + DEVICE)
    call_command("run_bots", "shapes", participants=8, seed=3, verbosity=0)
    for place, person in enumerate(Participant.objects.order_by("pk")):
        person.device |= {
            "picture_width": 300 + 10 * place,
            "pixel_ratio": "2",
            "input": "touch" if place % 3 else "mouse",
        }
        person.save()
    export_study(survey, tmp_path / "export", stimuli=True)
    call_command("build_results", "shapes", out=tmp_path / "ours")
    call_command("build_results", export=tmp_path / "export", out=tmp_path / "theirs")
    for name in ("results.json", "report.html", "text_answers.csv", "table_questionnaire.csv"):
        ours, theirs = ((tmp_path / side / name).read_bytes() for side in ("ours", "theirs"))
        assert ours == theirs, name
    assert set(json.loads((tmp_path / "ours" / "results.json").read_text())) >= KEYS
    with (tmp_path / "ours" / "text_answers.csv").open() as lines:
        listed = list(csv.DictReader(lines))
    stored = {
        str(person.number): person.questionnaire["remarks"]
        for person in Participant.objects.all()
        if "remarks" in person.questionnaire
    }
    assert listed
    assert {row["number"]: row["answer"] for row in listed} == stored
