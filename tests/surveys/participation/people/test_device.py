"""What participants may use, and what is kept of it where the protocol asks."""

import csv

import pytest

from surveys.checks.leaks import find_leaks
from surveys.checks.stored_data import find_problems
from surveys.export.check import export_problems
from surveys.export.folder import export_study
from surveys.models import Participant, Survey
from surveys.participation.shown.plates import NUMBERS, draw_plate
from tests.factories import make_survey
from tests.surveys.visitor import Visitor

PHONE = "Mozilla/5.0 (Linux; Android 15; Pixel 9) Mobile Safari/537.36"
SENT = {"picture_width": "412", "pixel_ratio": "2", "input": "touch"}


def study(tmp_path, device):
    return make_survey(tmp_path, more=f"[device]\n{device}")


def open_page(survey, **headers):
    visitor = Visitor(survey.slug)
    return visitor, visitor.browser.get(f"/s/{survey.slug}/", **headers)


@pytest.mark.parametrize("header", [{"HTTP_USER_AGENT": PHONE}, {"HTTP_SEC_CH_UA_MOBILE": "?1"}])
def test_phones_are_turned_away_only_where_the_protocol_says_so(db, tmp_path, header):
    survey = study(tmp_path, 'phones = "refuse"')
    _, page = open_page(survey, **header)
    assert page.status_code == 403
    assert "Please use a computer or a tablet" in page.content.decode()
    assert open_page(survey)[1].status_code == 200
    assert not Participant.objects.exists()


def test_phones_may_be_let_in_with_advice(db, tmp_path):
    survey = study(tmp_path, 'phones = "warn"')
    advice = "easier to see on a larger screen"
    assert advice in open_page(survey, HTTP_USER_AGENT=PHONE)[1].content.decode()
    assert advice not in open_page(survey)[1].content.decode()


def test_a_window_that_is_too_narrow_can_be_made_wider(db, tmp_path):
    survey = study(tmp_path, "min_width = 900")
    visitor = Visitor(survey.slug)
    visitor.arrive()
    refused = visitor.send(agree="yes", window_width="899")
    assert refused.status_code == 400
    assert "This window is too narrow" in refused.content.decode()
    assert not Participant.objects.exists()
    visitor.send(agree="yes", window_width="900")
    assert Participant.objects.count() == 1


def test_a_browser_that_does_not_say_its_width_is_let_in(db, tmp_path):
    survey = study(tmp_path, "min_width = 900")
    Visitor(survey.slug).begin()
    assert Participant.objects.count() == 1


def test_nothing_of_the_device_is_stored_unless_the_protocol_asks(db, tmp_path):
    visitor = Visitor(make_survey(tmp_path).slug)
    page = visitor.arrive().content.decode()
    assert "how large the pictures are" not in page
    visitor.begin()
    visitor.answer(0, **SENT)
    assert visitor.participant.device == {}


def test_the_device_is_recorded_once_said_on_the_first_page_and_exported(db, tmp_path):
    survey = study(tmp_path, "record = true")
    visitor = Visitor(survey.slug)
    assert "how large the pictures are" in visitor.arrive().content.decode()
    visitor.begin()
    visitor.answer(0, **SENT | {"input": "nose"})
    assert visitor.participant.device == {}
    visitor.answer(0, **SENT)
    visitor.answer(0, **SENT | {"picture_width": "99"})
    assert visitor.participant.device == {
        "picture_width": 412,
        "pixel_ratio": "2",
        "input": "touch",
    }
    [row] = exported(survey, tmp_path)
    assert (row["picture_width"], row["pixel_ratio"], row["input"]) == ("412", "2", "touch")


def test_colour_plates_are_read_stored_and_judged_only_in_the_export(db, tmp_path):
    survey = study(tmp_path, "colour_plates = 3")
    visitor = Visitor(survey.slug)
    visitor.arrive()
    visitor.send(agree="yes")
    page = visitor.text
    assert "Which numbers do you see?" in page
    assert not any(f">{number}<" in page or f'"{number}"' in page for number in NUMBERS[:3])
    assert visitor.send(plate_1="twelve").status_code == 400
    visitor.send(plate_1="12", plate_2="3", plate_3="")
    visitor.send()
    assert visitor.participant.device == {"plates": ["12", "3", ""]}
    assert list(find_problems(Survey.objects.get())) == []
    assert find_leaks(survey)[0] == []
    [row] = exported(survey, tmp_path)
    assert (row["plates_read"], row["n_plates_right"]) == ("12;3;-", "1")


def test_a_plate_is_an_image_that_is_always_the_same(db, client):
    answer = client.get("/plates/2.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.decode() == draw_plate(2)
    assert draw_plate(2).count("<circle") > 200
    assert client.get("/plates/7.svg").status_code == 404


def test_who_withdraws_leaves_nothing_of_their_device(db, tmp_path):
    visitor = Visitor(study(tmp_path, "record = true").slug)
    visitor.begin()
    visitor.answer(0, **SENT)
    visitor.get(visitor.url("withdraw/"))
    visitor.send()
    assert visitor.participant.device == {}


def exported(survey, tmp_path):
    export_study(survey, tmp_path / "export")
    [file] = (tmp_path / "export").rglob("*participants*.csv")
    assert list(export_problems(tmp_path / "export")) == []
    return list(csv.DictReader(file.read_text().splitlines()))
