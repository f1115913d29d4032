"""A report of scores alone says what it cannot say; that of the paper's own claims nothing new."""

import pytest

from analysis.data.study_data import from_frames, from_scores_file
from analysis.report.results import analyse

TITLE = "What scores alone cannot say"


def comparisons(study):
    sections = analyse(study).sections
    return next(part for part in sections if part.title == "Comparisons").paragraphs[0]


def test_scores_alone_are_said_to_be_silent_on_people_and_images(published_file):
    results = analyse(from_scores_file(published_file))
    section = next(part for part in results.sections if part.title == TITLE)
    assert not section.is_detail
    unknown, sizes = section.paragraphs
    for words in ("dropped out", "which images", "no estimate for other images"):
        assert words in unknown
    assert "(Grad-CAM 58 and PV 40)" in sizes


def test_equal_corrected_p_of_different_p_are_explained(published_file):
    results = analyse(from_scores_file(published_file))
    (table,) = (table for table in results.tables if table.name == "table_tests")
    assert table.numbers["p_adjusted"].nunique() == 1
    assert table.numbers["p_value"].nunique() == 2
    assert "different p may be corrected to the same" in table.note


def test_the_distribution_of_scores_says_who_is_at_the_floor_and_at_the_ceiling(published_file):
    results = analyse(from_scores_file(published_file))
    section = next(part for part in results.sections if part.title == "Distribution of scores")
    wrong, right = section.paragraphs
    assert "the median accuracy was 7.1 % with Grad-CAM (quartiles 0.0 to 14.3; of 58" in wrong
    assert "25 named none and 0 all)" in wrong
    assert "31 all)" in right


def test_a_study_with_participants_has_no_such_section(frames):
    results = analyse(from_frames("x", *frames(n_participants=8)))
    assert TITLE not in [part.title for part in results.sections]


def test_conditions_of_one_size_need_no_explanation(scores_file):
    study = from_scores_file(scores_file("a,gradcam,1,14,15,16", "b,pv,5,14,12,16"))
    section = next(part for part in analyse(study).sections if part.title == TITLE)
    assert len(section.paragraphs) == 1


def test_tests_of_the_published_scores_are_called_no_new_evidence(published_file):
    results = analyse(from_scores_file(published_file))
    first, wrong, *_ = results.findings
    assert "repeats its results and is no new evidence" in first
    assert "The paper’s hypothesis that scores are lower with Grad-CAM" in wrong
    introduction = comparisons(results.study)
    assert "not fixed before them" in introduction
    assert "this study before its data" not in introduction


@pytest.mark.parametrize(("other", "said"), [("pv", True), ("none", False)])
def test_default_tests_in_the_papers_directions_are_said_to_have_them(scores_file, other, said):
    rows = ("a,gradcam,1,14,15,16", "b,gradcam,2,14,15,16")
    study = from_scores_file(scores_file(*rows, f"c,{other},5,14,12,16", f"d,{other},6,14,9,16"))
    introduction = next(p for p in analyse(study).sections if p.title == "Comparisons").paragraphs[
        0
    ]
    assert "which the software fixed, not this study before its data" in introduction
    assert ("directions that the published study found" in introduction) == said
