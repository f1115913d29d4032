"""The sections of a protocol file beyond its conditions and texts."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from django.conf import settings

from surveys.errors import ProtocolError
from surveys.protocol.design.blocks import Block, Within
from surveys.protocol.device import Device
from surveys.protocol.item_draw import ItemDraw
from surveys.protocol.pay import Pay
from surveys.protocol.schema import Protocol, ProtocolCondition, Texts, protocol_sha256
from surveys.protocol.sections import (
    AssignmentRule,
    ChecksRule,
    CompletionCodes,
    Comprehension,
    ComprehensionQuestion,
    Panel,
    Question,
    QuestionnairePage,
    Sample,
    Stopping,
    TrialRule,
)
from surveys.protocol.task import Task, TaskPicture, TaskQuestion
from surveys.studies.protocols.loading import load_study
from tests.factories import make_protocol, make_stimulus_folder
from tests.surveys.everything import EVERYTHING
from tests.surveys.protocol_files import read_file


@pytest.fixture
def read(tmp_path):
    def read_text(more):
        return read_file(make_protocol(tmp_path, more=more))

    return read_text


def test_a_protocol_with_every_section_comes_back_as_it_was(read):
    protocol = read(EVERYTHING)
    assert Protocol.from_json(protocol.as_json()) == protocol
    assert protocol.comprehension.questions[0].answer == 2
    assert protocol.questionnaire[1].questions[0].points == 5
    assert protocol.panel.parameters == ("PROLIFIC_PID", "STUDY_ID", "SESSION_ID")


def test_sections_that_are_not_used_leave_the_hash_as_it_was_before_there_were_any(read):
    stored = read("").as_json()
    assert set(stored) == {
        "slug", "title", "stimulus_set", "seed", "conditions", "question_order", "texts"
    }  # fmt: skip
    assert set(stored["texts"]) == {
        "information", "consent", "introduction", "question", "cant_tell", "thanks"
    }  # fmt: skip
    digest = "659afa398fc0fc60451bb7ae9fceb066f69a78f1b5134c9d358721af33990f30"
    assert protocol_sha256(read("")) == digest
    assert protocol_sha256(read("practice = 1")) != digest


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ('question_order = "shuffled"', "'random', 'fixed', 'balanced'"),
        ("practice = -1", "practice must be a whole number from 0"),
        ('languages = ["xx"]', r"languages\[1\] must be one of 'en', 'it', 'ar'"),
        ('languages = ["en", "en"]', "languages must be a list of different languages"),
        ('languages = ["en", "it"]\n[texts]\nconsent = {en = "Yes"}', "languages en, it"),
        ("consent_version = 3", "consent_version must be a text"),
        ('[assignment]\nmode = "coin"', "'round_robin', 'least_filled', 'permuted_blocks'"),
        ('[assignment]\nmode = "permuted_blocks"', "assignment.block_sizes must be given"),
        ("[assignment]\nblock_sizes = [2]", "and with no other"),
        (
            '[assignment]\nmode = "permuted_blocks"\nblock_sizes = [2, 3]',
            "multiples of 2, the sum of the ratios, but is 3",
        ),
        ("[assignment]\nactive_minutes = 0", "assignment.active_minutes must be a whole"),
        ("[trials]\nconfidence = 1", "trials.confidence must be true or false"),
        ('[trials]\ncant_tell = "first"', "trials.cant_tell must be one of 'random', 'last'"),
        ("[checks]\nattention_after = [4, 2]", "in ascending order"),
        ("[checks]\nattention_after = 2", "a list of at most 100 whole numbers"),
        ("[comprehension]\ntries = 3", r"\[\[comprehension.questions\]\] tables"),
        (
            '[[comprehension.questions]]\nquestion = "?"\noptions = ["a", "b"]\nanswer = 3',
            r"comprehension.questions\[1\].answer must be a whole number from 1 to 2",
        ),
        ('[[questionnaire]]\ntitle = "x"\nquestions = []', r"questionnaire\[1\].questions must"),
        (
            '[[questionnaire]]\ntitle = "x"\n[[questionnaire.questions]]\nname = "A b"\n'
            'question = "?"\nkind = "text"',
            "lower-case letters, digits and underscores",
        ),
        (
            '[[questionnaire]]\ntitle = "x"\n[[questionnaire.questions]]\nname = "a"\n'
            'question = "?"\noptions = ["one"]',
            "a list of 2 to 100 texts",
        ),
        (
            '[[questionnaire]]\ntitle = "x"\n[[questionnaire.questions]]\nname = "a"\n'
            'question = "?"\nkind = "text"\n[[questionnaire.questions]]\nname = "a"\n'
            'question = "?"\nkind = "text"',
            "questions whose names differ",
        ),
        ("[sample]\nsize = -1", "sample.size must be a whole number from 0"),
        ('[sample]\ncounts = "all"', "sample.counts must be one of 'finished', 'passed'"),
        ("[stopping]\nclose = true", "stopping.close must be given with sample.size or with"),
        ('[stopping]\nlast_day = "2030-01-31"', "a date such as 2030-01-31, without quotes"),
        ("[stopping]\nlast_day = 2030-01-31T10:00:00", "stopping.last_day must be a date"),
        ('[panel]\nname = "acme"', "'prolific', 'sona', 'mturk', 'other'"),
        ('[panel]\nname = "prolific"\nstudy = "a b"', "the name of a query parameter"),
        ('[panel]\nname = "other"\nstudy = "session"', "three different parameter names"),
        ('[panel]\nname = "sona"\nreturn_url = "http://x.org"', "begins with https://"),
        ('[panel]\nname = "sona"\nreturn_url = "https://x.org/{id}"', "no placeholder but"),
        ('[panel]\nname = "sona"\n[panel.codes]\nfull = "a b"', "letters, digits, hyphens"),
        (
            '[panel]\nname = "sona"\n[panel.codes]\nfull = "A"\ncomplete = "A"',
            "must differ from each other",
        ),
    ],
)
def test_it_says_what_is_wrong_and_what_would_be_right(read, more, message):
    with pytest.raises(ProtocolError, match=message) as error:
        read(more)
    assert "shapes.toml" in str(error.value)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("practice = 2", "practice must be at most 1, since the stimulus set has 1 examples"),
        ("[checks]\nrepeats = 3", "checks.repeats must be at most 2, since the stimulus set has 4"),
        ("[checks]\nattention_after = [5]", "checks.attention_after must be at most 4"),
        ("[labels]\nzebra = 'Zebra'", "labels.zebra is no class of the stimulus set"),
    ],
)
def test_it_asks_for_no_more_than_the_stimulus_set_has(db, tmp_path, more, message):
    make_stimulus_folder(tmp_path / "stimuli")
    with pytest.raises(ProtocolError, match=message):
        load_study(make_protocol(tmp_path, more=more))


def test_attention_checks_need_examples(db, tmp_path):
    make_stimulus_folder(tmp_path / "stimuli", n_examples=0)
    with pytest.raises(ProtocolError, match="has no examples to ask about"):
        load_study(make_protocol(tmp_path, more="[checks]\nattention_after = [1]"))


def test_the_condition_none_needs_no_pictures(db, tmp_path):
    make_stimulus_folder(tmp_path / "stimuli", conditions=["pv"])
    survey, _ = load_study(make_protocol(tmp_path, conditions=["none", "pv"]))
    assert list(survey.conditions.values_list("name", flat=True)) == ["none", "pv"]


def test_every_key_is_described():
    page = (Path(settings.BASE_DIR) / "docs" / "protocol.md").read_text()
    kinds = (
        Protocol, ProtocolCondition, Texts, AssignmentRule, TrialRule, ChecksRule, Comprehension,
        ComprehensionQuestion, Question, QuestionnairePage, Panel, CompletionCodes,
        Device, Pay, Sample, Stopping, ItemDraw, Within, Block, Task, TaskPicture, TaskQuestion,
    )  # fmt: skip
    keys = {row.name for kind in kinds for row in fields(kind)}
    missing = {key for key in keys if not re.search(rf"\b{key}\b", page)}
    assert missing == set()
