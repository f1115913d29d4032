"""Every wrong design is refused at load, all problems at once, each with its line."""

import pytest

from surveys.errors import ProtocolError
from surveys.models import Survey
from surveys.protocol.reader import parse_protocol
from tests.factories import make_survey

HEAD = """slug = "s"
title = "T"
stimulus_set = "x"
seed = 1
{top}
[[conditions]]
name = "gradcam"
[[conditions]]
name = "pv"
{more}
"""
BLOCK = '[[blocks]]\nname = "a"\n'
PAGE = (
    '[[questionnaire]]\nname = "trust"\ntitle = "T"\n'
    'questions = [{name = "t", question = "T?", kind = "text"}]\n'
)


def message_of(more, top=""):
    with pytest.raises(ProtocolError) as caught:
        parse_protocol(HEAD.format(more=more, top=top), "p.toml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('[within]\nconditions = ["pv"]', "within.conditions must be two or more different"),
        ('[within]\nconditions = ["pv", "pv"]', "within.conditions must be two or more different"),
        ('[within]\norder = "random"', "within.conditions must be two or more different"),
        (
            '[within]\nconditions = ["pv", "lime"]',
            "within.conditions[2] must be one of the [[conditions]], gradcam, pv, but is 'lime'",
        ),
        (
            '[within]\nconditions = ["pv", "gradcam"]\norder = "latin"',
            "within.order must be one of 'latin_square', 'random', but is 'latin'",
        ),
        (f"{BLOCK}items = 0", "blocks[1].items must be a whole number from 1 to 10000, a table"),
        (f'{BLOCK}items = "all"', "blocks[1].items must be a whole number from 1 to 10000"),
        (f"{BLOCK}items = {{wrong = 3}}", "wrong"),
        (f"{BLOCK}items = {{}}", "blocks[1].items must ask for at least one item"),
        (f'{BLOCK}pool = "all"', "blocks[1].pool must be one of 'items', 'examples'"),
        (
            f'{BLOCK}pool = "examples"\nitems = {{model_wrong = 1}}',
            "blocks[1].items must be a whole number or 'rest'",
        ),
        (f'{BLOCK}again = "b"', "blocks[1].again must be an earlier block with items of its own"),
        (
            f'{BLOCK}[[blocks]]\nname = "b"\nitems = 2\nagain = "a"',
            "blocks[2].again must stand without items and pool",
        ),
        (f'{BLOCK}feedback = "always"', "blocks[1].feedback must be one of 'none', 'after_each'"),
        (f"{BLOCK}keep_at_hand = true", "blocks[1].keep_at_hand needs feedback = 'after_each'"),
        (f"{BLOCK}{BLOCK}", "blocks[2].name must differ from the names before, but is 'a'"),
        (f'{BLOCK}condition = "same"', "blocks[1].condition must not be 'same'"),
        (f'{BLOCK}condition = "within"', "blocks[1].condition is 'within', which needs [within]"),
        (f'{BLOCK}condition = "none"', "must have a block with condition = 'arm'"),
        (
            f'[within]\nconditions = ["gradcam", "pv"]\n{BLOCK}condition = "within"',
            "blocks must have the condition 'within' in 2 blocks, or in a multiple of 2",
        ),
        (
            f'[within]\nconditions = ["gradcam", "pv"]\n{BLOCK}condition = "arm"',
            "blocks[1].condition is 'arm', but all conditions are in [within]",
        ),
        (f'{BLOCK}questionnaire = ["trust"]', "blocks[1].questionnaire[1] must be the name of a"),
        (
            f'{PAGE}{BLOCK}questionnaire = ["trust", "trust"]',
            "blocks[1].questionnaire[2] must be one of trust, each once, but is 'trust'",
        ),
        (f"{PAGE}{PAGE}", "questionnaire[2].name must differ from the others, but is 'trust'"),
        (f"{BLOCK}[checks]\nrepeats = 1", "checks.repeats must be left out with [within] or"),
        (f"{BLOCK}[items]\nper_participant = 2", "items.per_participant must be left out with"),
        ('[items]\nconditions = "crossed"', "items.conditions needs [within] with order ="),
        ('[items]\nconditions = "all"', "items.conditions must be"),
        (
            '[within]\nconditions = ["gradcam", "pv"]\n[assignment]\nmode = "permuted_blocks"\n'
            "block_sizes = [3]",
            "assignment.block_sizes[1] must be multiples of 2, the sum of the ratios, but is 3",
        ),
        ("[within]\nconditions = 3\n", "within.conditions must be a list of"),
        (f"{BLOCK}order = 3", "unknown key blocks[1].order"),
    ],
)
def test_a_wrong_value_is_named_with_what_would_be_right(more, words):
    assert words in message_of(more)


@pytest.mark.parametrize(
    ("top", "more", "words"),
    [
        ('before = ["about"]', "", "before[1] must be the name of a [[questionnaire]]"),
        ('follows = "first"', "", "follows needs [panel]"),
        ('follows = "s"', '[panel]\nname = "sona"', "follows must be the address of another study"),
        ('follows = "No"', "", "follows must be at most 50 lower-case letters"),
        (
            "practice = 1",
            '[within]\nconditions = ["gradcam", "pv"]',
            "practice must be left out with [within]",
        ),
    ],
)
def test_a_wrong_key_of_the_whole_study_is_named(top, more, words):
    assert words in message_of(more, top)


def test_all_problems_of_a_design_are_named_at_once_each_with_its_line():
    message = message_of(
        f'{BLOCK}condition = "within"\n{BLOCK}questionnaire = ["trust"]\n[checks]\nrepeats = 2\n'
        '[items]\nconditions = "crossed"',
        'before = ["about"]',
    )
    lines = message.splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        "p.toml, line 5", "p.toml, line 12", "p.toml, line 14", "p.toml, line 15",
        "p.toml, line 17", "p.toml, line 19",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (f"{BLOCK}items = 9", "blocks[1].items needs 9 items, but the other blocks leave 8 of 8."),
        (
            f"{BLOCK}items = {{model_wrong = 5}}",
            "blocks[1].items needs 5 items of the stratum model_wrong, but the other blocks leave "
            "4 of 4.",
        ),
        (
            f'{BLOCK}items = 8\n[[blocks]]\nname = "b"',
            "blocks[2].items needs 1 items, but the other blocks leave 0 of 8.",
        ),
        (
            f'{BLOCK}pool = "examples"\nitems = 3\n[[blocks]]\nname = "b"',
            "blocks[1].items needs 3 examples that are not for practice, but the other blocks",
        ),
        (
            f'{BLOCK}[[blocks]]\nname = "b"\ncondition = "lime"',
            "the condition 'lime' is not in the stimulus set; it has gradcam, pv.",
        ),
        (
            '[within]\nconditions = ["gradcam", "pv"]\n[items]\nper_participant = 1',
            "within needs 1 items, but the other blocks leave 0 of 1.",
        ),
        (
            f"{BLOCK}items = 4\n[checks]\nattention_after = [5]",
            "checks.attention_after must be at most 4, since the stimulus set with these blocks "
            "gives each participant 4 questions, but is 5.",
        ),
    ],
)
def test_a_design_that_the_stimulus_set_cannot_serve_is_refused(db, tmp_path, more, words):
    with pytest.raises(ProtocolError) as caught:
        make_survey(tmp_path, n_wrong=4, n_right=4, n_examples=2, more=more)
    assert words in str(caught.value)
    assert not Survey.objects.exists()


def test_a_test_that_does_not_fit_the_design_is_refused():
    message = message_of(
        '[within]\nconditions = ["gradcam", "pv"]\n[[analysis.tests]]\nstratum = "all"\n'
        'condition_a = "gradcam"\ncondition_b = "pv"\ntest = "mann_whitney"'
    )
    assert (
        "analysis.tests[1].test is 'mann_whitney', but the same participants see gradcam and pv; "
        "write 'wilcoxon', or leave it out."
    ) in message
    message = message_of(
        '[[analysis.tests]]\nstratum = "all"\ncondition_a = "gradcam"\ncondition_b = "pv"\n'
        'test = "wilcoxon"'
    )
    assert "but different participants see gradcam and pv; write 'mann_whitney'" in message
