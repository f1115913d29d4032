"""[task] of a protocol: what may be written, and what its stimulus set must have."""

import pytest

from surveys.errors import ProtocolError
from surveys.protocol.difference import find_changes
from surveys.protocol.questions.registry import KINDS
from surveys.protocol.schema import Protocol
from surveys.protocol.task import GUESS, PAIR, Task
from surveys.studies.protocols.loading import load_study
from tests.factories import make_protocol, make_stimulus_folder
from tests.surveys.protocol_files import read_file
from tests.surveys.task_sets import EVERY_KIND, make_unit_folder


@pytest.fixture
def read(tmp_path):
    return lambda more: read_file(make_protocol(tmp_path, more=more))


FIRST = '[[task.questions]]\nname = "a"\n'
SECOND = FIRST + '[[task.questions]]\nname = "b"\nquestion = "?"\n'


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ('[task]\npictures = [{kind = "{arm}"}]', r"task.pictures\[1\].kind must be the name of"),
        ('[task]\npictures = [{kind = "a", place = "up"}]', "'left', 'centre', 'right'"),
        ('[task]\npictures = [{kind = "a", grid = 7}]', "grid must be a whole number from 1 to 6"),
        ('[task]\npictures = [{kind = "a"}, {kind = "a"}]', r"pictures\[2\].kind must differ"),
        ('[task]\ntold = ["The truth"]', r"task.told\[1\] must be lower-case letters"),
        ('[task]\ntold_labels = {truth = "It is"}', "the label of one of told"),
        ("[task]\nminimum_seconds = -1", "minimum_seconds must be a whole number from 0"),
        ("[task]\nminimum_seconds = 5\nlimit_seconds = 5", "limit_seconds must be more than"),
        ("[task]\npresent_ms = 0.5", "present_ms must be a whole number"),
        ('[task]\nlegend = "rainbow"', "'cividis', 'viridis', 'jet', 'grey'"),
        (FIRST + 'kind = "chioce"', r"did you mean choice\?"),
        (FIRST + 'kind = "text"', "must be 'choice' or 'pictures', since the first"),
        (FIRST + "required = false", "must be true, since the first question is scored"),
        (FIRST + FIRST + 'question = "?"', "must differ from the names of the other questions"),
        (FIRST + '[[task.questions]]\nname = "b"', r"questions\[2\].question must be given"),
        (FIRST + 'options = ["x"]', '"item" or a list of 2 to 100 texts'),
        (FIRST + 'options = ["x", "x"]', "different texts without ';'"),
        (FIRST + 'options = ["x", "cant_tell"]', "set cant_tell instead"),
        (FIRST + "points = 4", "points must be left out for the kind 'choice'"),
        (SECOND + 'kind = "scale"\nlabels = ["x"]', "a list of 2 to 11 texts"),
        (SECOND + 'kind = "slider"\noptions = ["x", "y"]', "left out for the kind 'slider'"),
        (SECOND + 'kind = "ranking"\ncant_tell = true', "left out for the kind 'ranking'"),
        (
            "[trials]\nconfidence = true\n" + SECOND.replace('"b"', '"confidence"'),
            "another name than 'confidence'",
        ),
    ],
)
def test_it_says_what_is_wrong_and_what_would_be_right(read, more, message):
    with pytest.raises(ProtocolError, match=message):
        read(more)


def test_all_problems_are_said_at_once_each_with_its_line(read):
    more = '[task]\nlegend = "x"\npresent_ms = -1\n' + FIRST + 'kind = "x"\norder = "up"'
    with pytest.raises(ProtocolError) as raised:
        read(more)
    said = str(raised.value).splitlines()
    assert ["line 6" in said[0], "line 7" in said[1]] == [True, True]
    assert [key in row for key, row in zip(("kind", "order"), said[2:], strict=True)] == [True] * 2


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (EVERY_KIND.replace('"refs"', '"pairs"'), "asks for the pictures 'pairs', but unit-"),
        (EVERY_KIND.replace("{condition}_map", "{condition}"), "asks for the pictures 'okapi'"),
        (EVERY_KIND.replace('"hint"', '"note"').replace("hint =", "note ="), "the text 'note'"),
        (EVERY_KIND.replace('"query_b"', '"query_c"', 1), "'query_c' is none of unit-"),
        (EVERY_KIND.replace('"query_b"', '"refs"', 1), "must contain the answer of every item"),
        ("", "the condition 'okapi' is not in the stimulus set"),
        (FIRST + 'options = ["yes", "no"]', "the options are yes, no"),
    ],
)
def test_it_asks_for_no_more_than_the_stimulus_set_has(db, tmp_path, task, message):
    make_unit_folder(tmp_path / "stimuli")
    with pytest.raises(ProtocolError, match=message):
        load_study(make_protocol(tmp_path, conditions=("okapi", "tapir"), more=task))


def test_a_condition_that_would_see_nothing_is_refused(db, tmp_path):
    make_stimulus_folder(tmp_path / "stimuli")
    task = '[task]\npictures = [{kind = "{condition}"}]'
    with pytest.raises(ProtocolError, match="a picture for the condition 'none'"):
        load_study(make_protocol(tmp_path, conditions=("pv", "none"), more=task))


def test_without_a_task_a_trial_shows_and_asks_what_it_always_did(read):
    protocol = read("")
    assert protocol.task == Task()
    assert protocol.questions == (GUESS,)
    assert protocol.task.shown == PAIR
    assert "task" not in protocol.as_json()


def test_confidence_is_one_more_question(read):
    protocol = read("[trials]\nconfidence = true")
    assert [(row.name, row.kind, row.points) for row in protocol.questions[1:]] == [
        ("confidence", "scale", 5)
    ]


def test_what_is_asked_is_frozen_and_its_words_are_not(read):
    before = read(EVERY_KIND)
    words = EVERY_KIND.replace("Why?", "Why so?").replace('"Left"', '"On the left"')
    assert [change.is_frozen for change in find_changes(before, read(words))] == [False, False]
    asked = EVERY_KIND.replace('"slider"', '"text"').replace(
        'low = "not at all"\nhigh = "fully"', ""
    )
    changes = {change.key: change for change in find_changes(before, read(asked))}
    assert changes["task.questions[4].kind"].is_frozen


def test_a_stored_protocol_comes_back_as_it_was(read):
    protocol = read(EVERY_KIND)
    assert Protocol.from_json(protocol.as_json()) == protocol


def test_each_kind_has_a_template_and_words(settings):
    folder = settings.BASE_DIR / "surveys" / "templates"
    for name, kind in KINDS.items():
        assert (folder / kind.template).is_file()
        assert name == kind.name
        assert kind.meaning
        assert kind.stores
