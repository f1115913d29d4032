"""Visual checks and counts of pages' events: asked for, stored, exported, and judge nobody."""

import csv
import json
import re

import pytest

from analysis.data.exports import read_export
from analysis.report.sections.people.visual_checks import visual_check_sections
from surveys.bots import policies
from surveys.bots.walker import run_bots
from surveys.checks.leaks import find_leaks
from surveys.checks.stored_data import find_problems
from surveys.export.check import export_problems
from surveys.export.folder import export_study
from surveys.models import Event, Participant, Survey
from surveys.participation.flow import outcome_of
from surveys.participation.given.page_events import MOST
from surveys.participation.leaving.outcomes import Outcome
from surveys.participation.shown.visual.registry import find_checks
from tests.factories import make_survey
from tests.surveys.participation.test_query_counts import MOST as MOST_QUERIES
from tests.surveys.participation.test_query_counts import CountingVisitor
from tests.surveys.preview.test_walk import Previewer
from tests.surveys.visitor import Visitor

QUESTIONS = """
[[questionnaire]]
title = "About you"

[[questionnaire.questions]]
name = "remark"
kind = "text"
question = "Anything else?"
"""
COUNTS = {"n_pastes": "2", "n_untrusted_events": "5"}


def study(tmp_path, checks, **more):
    return make_survey(tmp_path, more=f"[checks]\n{checks}\n{QUESTIONS}", **more)


@pytest.fixture
def survey(db, tmp_path):
    return study(tmp_path, "visual = 3")


@pytest.fixture
def counting(db, tmp_path):
    return study(tmp_path, "count_events = true")


def at_the_checks(survey):
    visitor = Visitor(survey.slug)
    visitor.go_to("visual")
    return visitor


def exported(survey, tmp_path):
    export_study(survey, tmp_path / "export")
    [file] = (tmp_path / "export").rglob("*participants*.csv")
    assert list(export_problems(tmp_path / "export")) == []
    return list(csv.DictReader(file.read_text().splitlines()))


def test_answers_are_stored_after_the_last_trial_and_judged_only_in_the_export(survey, tmp_path):
    visitor = at_the_checks(survey)
    assert visitor.participant.finished_at is not None
    checks = find_checks(survey.seed, 3)
    right = [check.values.index(check.drawing.answer) for check in checks]
    # The first one right, the second one wrong, and of the third nothing seen.
    wrong = (right[1] + 1) % 2
    visitor.send(
        visual_1=str(right[0] + 1), visual_2=str(wrong + 1), visual_3=str(len(checks[2].values))
    )
    answers = [checks[0].drawing.answer, checks[1].values[wrong], "cant_tell"]
    assert visitor.participant.device == {"visual": answers}
    assert "/questions/" in visitor.address
    visitor.finish()
    person = visitor.participant
    assert outcome_of(person, person.protocol) is Outcome.COMPLETE
    assert person.n_failed_checks == 0
    assert Event.objects.filter(detail="visual").count() == 1
    assert list(find_problems(Survey.objects.get())) == []
    [row] = exported(survey, tmp_path)
    assert (row["visual_answers"], row["n_visual_right"]) == (";".join(answers), "1")
    assert "n_pastes" not in row


def test_every_check_needs_a_choice_that_was_offered(survey):
    visitor = at_the_checks(survey)
    refused = visitor.send(visual_1="1", visual_2="1")
    assert refused.status_code == 400
    assert visitor.text.count('class="question choice missing"') == 1
    assert visitor.text.count("checked") == 2
    assert visitor.send(visual_1="6", visual_2="1", visual_3="1").status_code == 400
    assert visitor.participant.device == {}
    assert "/questions/" not in visitor.address


def test_a_page_shows_pictures_without_answer_or_seed_in_them_or_their_addresses(survey, client):
    visitor = at_the_checks(survey)
    assert visitor.images == [visitor.url(f"visual/{number}.png") for number in (1, 2, 3)]
    assert str(survey.seed) not in re.sub(r'csrf\w+" value="\w+"', "", visitor.text)
    for address in visitor.images:
        picture = client.get(address)
        assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
        assert "max-age" in picture["Cache-Control"]
        assert "Set-Cookie" not in picture
    for wrong in ("visual/0.png", "visual/7.png"):
        assert client.get(visitor.url(wrong)).status_code == 404
    assert client.get("/s/nowhere/visual/1.png").status_code == 404
    assert find_leaks(survey)[0] == []


def test_pictures_differ_between_studies_and_not_between_participants(survey, tmp_path, client):
    first, again = (client.get(f"/s/{survey.slug}/visual/1.png").content for _ in range(2))
    Survey.objects.filter(pk=survey.pk).update(seed=survey.seed + 1)
    assert first == again
    assert client.get(f"/s/{survey.slug}/visual/1.png").content != first


def test_neither_page_nor_picture_takes_more_queries_than_others(db, tmp_path):
    visitor = CountingVisitor(study(tmp_path, "visual = 3\ncount_events = true").slug)
    visitor.begin()
    visitor.answer(0, **COUNTS)
    visitor.go_to("visual")
    visitor.browser.get(visitor.images[0])
    assert visitor.counts[-1][0] == 1
    visitor.finish()
    for count, address, asked in visitor.counts:
        assert count <= MOST_QUERIES, (address, asked)


@pytest.mark.parametrize(
    ("checks", "n_sentences"),
    [("repeats = 0", 0), ("visual = 1", 1), ("count_events = true", 1)],
)
def test_the_first_page_says_what_is_stored_only_where_it_is(db, tmp_path, checks, n_sentences):
    visitor = Visitor(study(tmp_path, checks).slug)
    visitor.arrive()
    assert visitor.text.count("programs that pretend to be people") == n_sentences
    assert ("simple drawings" in visitor.text) == ("visual" in checks)
    assert ("is pasted" in visitor.text) == ("count_events" in checks)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("it", ["Che cosa vedi?", "Due linee spezzate", "Quanti quadrati", "Quella in alto"]),
        ("ar", ["ماذا ترى؟", "خطان منكسران", "كم عدد المربعات", "الخط العلوي"]),
    ],
)
def test_the_page_is_in_the_participants_language(db, tmp_path, code, words):
    more = f'languages = ["en", "{code}"]\n[checks]\nvisual = 3\ncount_events = true\n'
    visitor = Visitor(make_survey(tmp_path, more=more).slug)
    visitor.arrive(f"?lang={code}")
    assert "programs that pretend" not in visitor.text
    visitor.go_to("visual")
    assert all(each in visitor.text for each in words)
    ours = ("What do you see", "lines", "squares", "I can’t tell", "The upper one")
    assert not any(each in visitor.text for each in ours)


@pytest.mark.parametrize("added", ["[checks]\nvisual = 1", "[checks]\ncount_events = true",
                                   "[device]\nrecord = true"])  # fmt: skip
def test_who_read_the_first_page_before_something_is_stored_reads_it_again(db, tmp_path, added):
    survey = make_survey(tmp_path)
    visitor = Visitor(survey.slug)
    visitor.arrive()
    section, line = added.split("\n")
    key, value = line.split(" = ")
    changed = survey.protocol_json | {section.strip("[]"): {key: json.loads(value)}}
    Survey.objects.filter(pk=survey.pk).update(protocol_json=changed, version=None)
    refused = visitor.send_consent()
    assert refused.status_code == 409
    assert not Participant.objects.exists()
    visitor.send_consent()
    assert Participant.objects.count() == 1


def test_bots_answer_visual_checks_right(survey, tmp_path):
    list(run_bots(survey, 2, 1, policies.uniform))
    assert [row["n_visual_right"] for row in exported(survey, tmp_path)] == ["3", "3"]
    # As the report reads them.
    study = read_export(tmp_path / "export")
    assert [len(x.split(";")) for x in study.participants["visual_answers"]] == [3, 3]
    [section] = visual_check_sections(study, study.participants)
    assert [row["share_all_right"] for row in section.numbers["visual_checks"]] == [1, 1]


def test_a_preview_walks_the_page_and_stores_nothing(survey, researcher):
    walker = Previewer(survey.slug, researcher).choose()
    walker.go_to("visual")
    assert walker.images == [f"/s/{survey.slug}/visual/{number}.png" for number in (1, 2, 3)]
    walker.finish()
    assert walker.is_done
    assert not Participant.objects.exists()


def test_counts_of_all_pages_are_added_up_and_exported(counting, tmp_path):
    visitor = Visitor(counting.slug)
    visitor.begin()
    assert "page_events.js" in visitor.text
    visitor.answer(0, n_pastes="0", n_untrusted_events="0")
    assert visitor.participant.device == {"n_pastes": 0, "n_untrusted_events": 0}
    visitor.answer(0, **COUNTS)
    visitor.go_to("questions")
    assert "page_events.js" in visitor.text
    visitor.send(**COUNTS)
    assert visitor.participant.device == {"n_pastes": 4, "n_untrusted_events": 10}
    assert list(find_problems(Survey.objects.get())) == []
    [row] = exported(counting, tmp_path)
    assert (row["n_pastes"], row["n_untrusted_events"]) == ("4", "10")
    assert "visual_answers" not in row


@pytest.mark.parametrize("sent", [{}, {"n_pastes": "1"}, COUNTS | {"n_pastes": "-1"},
                                  COUNTS | {"n_untrusted_events": "1001"}])  # fmt: skip
def test_counts_that_cannot_be_true_are_left_out(counting, sent):
    visitor = Visitor(counting.slug)
    visitor.begin()
    visitor.answer(0, **sent)
    assert visitor.participant.device == {}
    assert visitor.participant.n_answered == 1


def test_counts_have_a_largest_number(counting):
    visitor = Visitor(counting.slug)
    visitor.begin()
    Participant.objects.update(device={"n_pastes": MOST - 1, "n_untrusted_events": 0})
    visitor.answer(0, **COUNTS)
    assert visitor.participant.device == {"n_pastes": MOST, "n_untrusted_events": 5}


def test_the_first_of_two_steps_counts_too(db, tmp_path):
    more = "[trials]\ntwo_step = true\n[checks]\ncount_events = true\n"
    visitor = Visitor(make_survey(tmp_path, more=more).slug)
    visitor.begin()
    visitor.answer(0, **COUNTS)
    assert visitor.participant.n_answered == 0
    visitor.answer(0, **COUNTS)
    assert visitor.participant.n_answered == 1
    assert visitor.participant.device == {"n_pastes": 4, "n_untrusted_events": 10}


def test_nothing_is_counted_unless_the_protocol_asks(survey):
    visitor = Visitor(survey.slug)
    visitor.begin()
    assert "page_events.js" not in visitor.text
    visitor.answer(0, **COUNTS)
    assert visitor.participant.device == {}


def test_who_withdraws_leaves_nothing_of_checks_and_counts(db, tmp_path):
    visitor = Visitor(study(tmp_path, "visual = 1\ncount_events = true").slug)
    visitor.begin()
    visitor.answer(0, **COUNTS)
    visitor.go_to("questions")
    assert set(visitor.participant.device) == {"n_pastes", "n_untrusted_events", "visual"}
    visitor.get(visitor.url("withdraw/"))
    visitor.send()
    assert visitor.participant.device == {}
    assert visitor.participant.progress == {}
    assert list(find_problems(Survey.objects.get())) == []
