"""Closed answers are counted by condition; texts are counted and listed in a file of their own."""

from dataclasses import replace

import pandas as pd
import pytest

from analysis.data.designs import Design
from analysis.data.study_data import from_frames
from analysis.report.html import render_report
from analysis.report.results import analyse
from analysis.report.sections.people.own_words import own_words_sections
from analysis.report.sections.people.questionnaire import questionnaire_sections

QUESTIONS = [
    {"name": "use", "question": "What do you use?", "kind": "several", "options": ["Phone", "PC"]},
    {"name": "hard", "question": "How hard?", "kind": "scale", "points": 3, "high": "hard"},
    {"name": "remarks", "question": "Else?", "kind": "text"},
]
PROTOCOL = {"questionnaire": [{"title": "At the end", "questions": QUESTIONS}]}
# p001 and p003 saw Grad-CAM, p002 and p004 PV.
ANSWERS = [
    ("p001", "use", "Phone;PC"), ("p002", "use", "PC"), ("p003", "use", "Phone"),
    ("p001", "hard", "1"), ("p002", "hard", "3"), ("p003", "hard", "2"), ("p004", "hard", "3"),
    ("p003", "remarks", "Ask Ada, my =neighbour"), ("p002", "remarks", "Two\nlines"),
]  # fmt: skip


@pytest.fixture
def study(frames):
    answers = pd.DataFrame(ANSWERS, columns=["participant_id", "question", "answer"])
    plain = from_frames("Shapes", *frames(n_participants=4))
    return replace(plain, protocol=PROTOCOL, questionnaire=answers)


def rows(section, name, *columns):
    return [tuple(row[column] for column in columns) for row in section.numbers[name]]


def test_answers_are_counted_by_condition(study):
    [section] = questionnaire_sections(study, study.participants)
    columns = ("question", "condition", "value", "n_given", "n")
    assert rows(section, "questionnaire", *columns) == [
        ("use", "gradcam", "Phone", 2, 2), ("use", "gradcam", "PC", 2, 1),
        ("use", "pv", "Phone", 1, 0), ("use", "pv", "PC", 1, 1),
        ("hard", "gradcam", "1", 2, 1), ("hard", "gradcam", "2", 2, 1),
        ("hard", "gradcam", "3", 2, 0), ("hard", "pv", "1", 2, 0), ("hard", "pv", "2", 2, 0),
        ("hard", "pv", "3", 2, 2),
    ]  # fmt: skip


def test_missing_answers_have_a_row_where_there_are_some(study):
    [section] = questionnaire_sections(study, study.participants)
    assert section.tables[0].rows[:4] == [
        ["What do you use?", "Phone", "2 (100.0)", "0 (0.0)"],
        ["What do you use?", "PC", "1 (50.0)", "1 (100.0)"],
        ["What do you use?", "No answer", "0", "1"],
        ["How hard? (1: , 3: hard)", "1", "1 (50.0)", "0 (0.0)"],
    ]


def test_scales_have_median_quartiles_and_mean(study):
    [section] = questionnaire_sections(study, study.participants)
    columns = ("question", "condition", "n_given", "median", "q1", "q3", "mean")
    assert rows(section, "questionnaire_scales", *columns) == [
        ("hard", "gradcam", 2, 1.5, 1.25, 1.75, 1.5), ("hard", "pv", 2, 3.0, 3.0, 3.0, 3.0),
    ]  # fmt: skip
    assert [figure.name for figure in section.figures] == ["figure_scales_3"]


def test_only_analysed_participants_count(study):
    finished = study.participants.assign(
        finished_at=study.participants["finished_at"].where(
            study.participants["participant_id"] != "p002"
        )
    )
    fewer = replace(
        from_frames("Shapes", finished, study.trials),
        protocol=PROTOCOL,
        questionnaire=study.questionnaire,
    )
    [section] = questionnaire_sections(fewer, fewer.participants)
    assert "3 of 3 analysed participants" in section.paragraphs[0]
    [words] = own_words_sections(fewer, fewer.participants)
    assert "Two" not in words.attachments["text_answers.csv"]


def test_texts_are_in_their_file_and_nowhere_else(study):
    results = analyse(study)
    assert results.attachments["text_answers.csv"] == (
        "number,condition,question,trial_index,answer\n"
        '2,pv,remarks,,"Two\nlines"\n'
        '3,gradcam,remarks,,"Ask Ada, my =neighbour"\n'
    )
    html = render_report(results)
    assert "neighbour" not in html
    assert "2 of 4 analysed participants wrote 2 answers" in html
    assert not any("neighbour" in table.numbers.to_csv() for table in results.tables)


def test_what_was_typed_in_trials_is_listed_with_its_condition(study):
    typed = pd.DataFrame(
        {"participant_id": ["p002", "p999"], "trial_index": [3, 1], "question": "why",
         "text": ["the ears", "nobody"]}
    )  # fmt: skip
    [section] = own_words_sections(replace(study, text_answers=typed), study.participants)
    listed = section.attachments["text_answers.csv"]
    assert "2,pv,why,3,the ears\n" in listed
    assert "nobody" not in listed


def test_a_questionnaire_that_nobody_answered_is_no_error(study):
    nobody = replace(study, questionnaire=None)
    [section] = questionnaire_sections(nobody, study.participants)
    assert "0 of 4 analysed participants" in section.paragraphs[0]
    assert section.figures == []
    assert section.tables[0].rows[2] == ["What do you use?", "No answer", "2", "2"]
    assert own_words_sections(nobody, study.participants) == []


def test_a_study_without_a_questionnaire_has_no_section(study):
    without = replace(study, protocol={}, questionnaire=None)
    assert questionnaire_sections(without, study.participants) == []


def test_after_a_block_answers_belong_to_the_condition_shown_in_it(study):
    """p001 and p003 saw Grad-CAM in the first block, p002 and p004 PV, as their groups say."""
    blocks = [
        {"name": "first", "condition": "within", "questionnaire": ["page"]},
        {"name": "second", "condition": "within", "questionnaire": ["page"]},
    ]
    page = {"title": "Trust", "name": "page", "questions": [QUESTIONS[1]]}
    trials = study.trials.astype({"condition": str})
    later = trials["trial_index"] > 6
    swapped = trials["condition"].map({"gradcam": "pv", "pv": "gradcam"})
    trials = trials.assign(
        block=later.map({False: "first", True: "second"}),
        condition=trials["condition"].where(~later, swapped),
    )
    groups = study.participants["condition"].astype(str)
    people = study.participants.assign(
        condition=groups.map({"gradcam": "gradcam>pv", "pv": "pv>gradcam"})
    )
    answers = pd.DataFrame(
        [("p001", "first.hard", "1"), ("p001", "second.hard", "3"), ("p002", "second.hard", "2")],
        columns=["participant_id", "question", "answer"],
    )
    within = replace(
        study,
        participants=people,
        trials=trials,
        protocol={"questionnaire": [page], "blocks": blocks},
        questionnaire=answers,
        design=Design(shared=("gradcam", "pv"), blocks=("first", "second")),
    )
    [section] = questionnaire_sections(within, people)
    given = [row for row in section.numbers["questionnaire_blocks"] if row["n"]]
    assert [(row["question"], row["condition"], row["value"]) for row in given] == [
        ("first.hard", "gradcam", "1"), ("second.hard", "gradcam", "2"),
        ("second.hard", "pv", "3"),
    ]  # fmt: skip
    assert "questionnaire" not in section.numbers
