"""Which options were chosen, drawn, with the tables behind the figures."""

import pytest

from analysis.report.sections.answers.response_bias import DRAWN, bias_section
from tests.analysis.conftest import make_frames


@pytest.fixture(scope="module")
def trials():
    return make_frames(n_participants=12)[1]


def figures_of(trials):
    return {figure.name: figure for figure in bias_section(trials).figures}


def cells(figure):
    return [text.get_text() for text in figure.figure.axes[0].texts]


def test_each_position_has_a_cell_of_each_condition_and_a_table_behind_it(trials):
    section = bias_section(trials)
    figure = figures_of(trials)["figure_positions"]
    [axes] = figure.figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Grad-CAM", "PV"]
    shares = [row["mean"] for row in section.numbers["positions"]]
    assert cells(figure) == [f"{100 * share:.0f}" for share in shares]
    assert "the even share of 25.0 %" in figure.caption
    assert all(table.is_folded for table in section.tables)


def test_a_frame_marks_a_position_whose_interval_excludes_the_even_share(trials):
    def frames(answers):
        return len(figures_of(answers)["figure_positions"].figure.axes[0].lines)

    # One place preferred by all, the others avoided.
    answered = trials["response_position"].notna()
    preferred = trials.assign(cant_tell=0, response_position=1.0)
    half = answered & (trials["trial_index"] % 6 == 0)
    preferred.loc[half, "response_position"] = 2.0 + trials.loc[half, "trial_index"] // 6 % 2
    assert frames(preferred) == 6
    even = trials.assign(cant_tell=0, response_position=1.0 + trials["trial_index"] % 4)
    assert frames(even) == 0


def test_a_class_that_was_never_chosen_is_counted_and_not_drawn(trials):
    chosen = trials["response"].astype(str).where(trials["correct"] == 1, "boat")
    figure = figures_of(trials.assign(response=chosen))["figure_distractors"]
    [axes] = figure.figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["boat"]
    assert "3 of 4 classes were never chosen" in figure.caption
    [_, table] = bias_section(trials.assign(response=chosen)).tables
    assert set(table.text["Class"]) == {"boat"}
    assert len(table.numbers) == 8


def test_only_the_classes_that_were_chosen_most_are_drawn(trials):
    names = [f"class {place}" for place in range(20)]
    options = ";".join([*names, "cant_tell"])
    picked = [names[place % 15] for place in range(len(trials))]
    many = trials.assign(options_shown=options, response=picked, prediction="x", true_labels="y")
    figure = figures_of(many)["figure_distractors"]
    assert len(figure.figure.axes[0].get_yticks()) == DRAWN
    assert "The 12 of 15 that were chosen most; 5 of 20 classes were never" in figure.caption


def test_without_a_wrong_choice_no_distractor_is_drawn(trials):
    right = trials.assign(response=trials["prediction"])
    assert "figure_distractors" not in figures_of(right)
    [_, table] = bias_section(right).tables
    assert table.text.empty
    assert "No distractor was chosen" in table.note
