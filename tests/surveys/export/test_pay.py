"""What participants are to be paid, in the file that goes to the panel."""

import csv

import pytest

from surveys.errors import ProtocolError
from surveys.export.folder import export_panel_ids
from surveys.export.pay import Earned, amount_of
from surveys.protocol.pay import Pay
from tests.factories import make_protocol, make_survey
from tests.surveys.everything import PANEL
from tests.surveys.protocol_files import read_file
from tests.surveys.visitor import Visitor

PAID = '[pay]\nbase = 2\nper_correct = 0.35\ncurrency = "EUR"\n'


def earned(n_correct, *sizes):
    found = Earned(n_correct)
    for size in sizes:
        found.by_chance += 1 / size
    return found


@pytest.mark.parametrize(
    ("pay", "own", "amount"),
    [
        (Pay(base=2.5, currency="EUR"), earned(9), "2.50"),
        (Pay(base=2, per_correct=0.35, currency="EUR"), earned(3), "3.05"),
        (Pay(per_correct=0.005, currency="EUR"), earned(3), "0.02"),
        (Pay(per_correct=1, above_chance_only=True, currency="EUR"), earned(3, 4, 4, 2), "2.00"),
        (Pay(base=1, per_correct=1, above_chance_only=True, currency="EUR"), earned(0, 4), "1.00"),
    ],
)
def test_an_amount_follows_from_right_answers(pay, own, amount):
    assert amount_of(pay, own) == amount


def test_i_just_cannot_tell_is_no_option_to_guess():
    own = Earned()
    own.add(True, ["a", "b", "cant_tell"])
    assert (own.n_correct, own.by_chance) == (1, 0.5)


def test_the_file_of_panel_ids_has_each_amount(db, tmp_path):
    survey = make_survey(tmp_path, more=PANEL + PAID)
    ben, cy = Visitor(survey.slug), Visitor(survey.slug)
    ben.arrive("?PROLIFIC_PID=ben")
    cy.arrive("?PROLIFIC_PID=cy")
    ben.finish()
    cy.go_to("trial")
    n_right = sum(answer.option == answer.trial.item.prediction for answer in ben.responses)
    assert export_panel_ids(survey, tmp_path / "ids.csv") == 2
    with (tmp_path / "ids.csv").open(newline="") as lines:
        rows = {row["panel_id"]: row for row in csv.DictReader(lines)}
    assert rows["ben"]["n_correct"] == str(n_right)
    assert rows["ben"]["amount"] == f"{2 + 0.35 * n_right:.2f}"
    assert (rows["cy"]["amount"], rows["cy"]["currency"]) == ("", "EUR")


def test_without_pay_the_file_is_as_before(db, tmp_path):
    export_panel_ids(make_survey(tmp_path, more=PANEL), tmp_path / "ids.csv")
    header = (tmp_path / "ids.csv").read_text().strip()
    assert header == "participant_id,panel_id,study_id,session_id,outcome,code"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("[pay]\nbase = 2", "pay.currency must be three capital letters"),
        ('[pay]\nbase = -1\ncurrency = "EUR"', "pay.base must be a number from 0"),
        ('[pay]\nbase = 1\ncurrency = "euro"', "three capital letters, such as EUR"),
        ("[pay]\nper_right = 1", "unknown key pay.per_right"),
    ],
)
def test_it_says_what_is_wrong_and_what_would_be_right(tmp_path, more, message):
    with pytest.raises(ProtocolError, match=message):
        read_file(make_protocol(tmp_path, more=more))
