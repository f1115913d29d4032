"""The blind sheet gives nothing away, and its key scores the guesses."""

import csv
import json
import re

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from scipy import stats

from pv_engine.reports.blind_sheet import compare_readings
from tests.factories import make_stimulus_folder


@pytest.fixture
def folder(tmp_path):
    return make_stimulus_folder(tmp_path / "set", n_wrong=4, n_right=3)


@pytest.fixture
def sheet(folder, tmp_path):
    out = tmp_path / "blind"
    call_command("blind_sheet", folder, condition="pv", n=4, out=out)
    return out


def guess(sheet, choose):
    """Fill in the table of guesses and return key and table, as score_sheet wants them."""
    key = sheet.with_name("blind_key.json")
    items = json.loads(key.read_text())["items"]
    rows = list(csv.DictReader((sheet / "guesses.csv").read_text().splitlines()))
    with (sheet / "guesses.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["number", "guess"])
        for row, item in zip(rows, items, strict=True):
            writer.writerow([row["number"], choose(item)])
    return key, sheet / "guesses.csv"


def test_the_page_has_the_options_and_neither_the_answers_nor_the_items_names(sheet):
    page = (sheet / "blind_sheet.html").read_text()
    items = json.loads(sheet.with_name("blind_key.json").read_text())["items"]
    assert page.count("<img") == 4
    for item in items:
        assert ", ".join(item["options"]) in page
        assert item["name"] not in page
        assert item["file_name"] not in page
    assert re.search(r"model.wrong", page) is None
    assert (sheet / "blind_sheet.png").is_file()
    assert sorted(file.name for file in sheet.iterdir()) == [
        "blind_sheet.html", "blind_sheet.png", "guesses.csv",
    ]  # fmt: skip


def test_guesses_are_scored_against_the_key(sheet, capsys):
    files = guess(sheet, lambda item: item["prediction"])
    call_command("score_sheet", *files)
    assert capsys.readouterr().out == (
        "pv, model wrong: named the prediction in 4 of 4 (100 %, 95 % interval 40 to 100 %; "
        "guessing names 25 %), a true label in 0.\n"
    )


def test_sheets_are_scored_against_each_other(sheet, folder, tmp_path, capsys):
    other = tmp_path / "other"
    call_command("blind_sheet", folder, condition="gradcam", n=4, out=other)
    right = guess(sheet, lambda item: item["prediction"])
    empty = (tmp_path / "other_key.json", other / "guesses.csv")
    capsys.readouterr()
    call_command("score_sheet", *right, *empty)
    assert capsys.readouterr().out.splitlines()[-1] == (
        "pv against gradcam: p = 0.125 (McNemar's exact test, two-sided)."
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("number,guess\n1,zebra\n", "1 guesses are not among the options .*'zebra'"),
        ("number,guess\n9,boat\n", "from 1 to 4 at most once; found '9'"),
        ("guess\nboat\n", "need the columns number and guess"),
    ],
)
def test_a_table_that_cannot_be_scored_is_refused_in_words(sheet, text, message):
    (sheet / "guesses.csv").write_text(text)
    with pytest.raises(CommandError, match=message):
        call_command("score_sheet", sheet.with_name("blind_key.json"), sheet / "guesses.csv")


def test_what_is_no_key_is_refused_in_words(sheet):
    with pytest.raises(CommandError, match=r"guesses.csv is not the key of a blind sheet"):
        call_command("score_sheet", sheet / "guesses.csv", sheet / "guesses.csv")
    with pytest.raises(CommandError, match="Name a table of guesses after each key"):
        call_command("score_sheet", sheet / "guesses.csv")


def test_readings_of_the_same_items_are_compared_item_by_item():
    a = dict.fromkeys("abcdefgh", True)
    test, p = compare_readings(a, {**dict.fromkeys("abcdef", False), "g": True, "h": True})
    assert test == "McNemar's exact test"
    assert p == pytest.approx(2 * 0.5**6)
    assert compare_readings(a, a)[1] == 1


def test_readings_of_other_items_are_compared_by_their_counts():
    test, p = compare_readings(dict.fromkeys("abc", True), dict.fromkeys("defg", False))
    assert test == "Fisher's exact test"
    assert p == stats.fisher_exact(np.array([[3, 0], [0, 4]])).pvalue
