"""The report as a reader meets it."""

import re
from dataclasses import replace

import pytest

from analysis.data.study_data import from_frames, from_scores_file
from analysis.plan.plan import Plan, PlannedTest, default_plan
from analysis.report.html import render_report
from analysis.report.results import analyse, results_json
from analysis.report.sections.differences import comparison_tests
from analysis.report.tables import to_latex

CHANCES = {
    (condition, stratum): chance
    for condition, wrong, right in (("gradcam", 0.1, 0.95), ("none", 0.1, 0.95), ("pv", 0.4, 0.8))
    for stratum, chance in (("model_wrong", wrong), ("model_right", right))
}


@pytest.fixture(scope="module")
def results():
    from tests.analysis.conftest import make_frames

    people, trials = make_frames(45, 8, 8, CHANCES, finished_share=0.85)
    return analyse(from_frames("A study of <three> conditions", people, trials))


@pytest.fixture(scope="module")
def html(results):
    return render_report(results)


def test_the_tests_of_the_plan_come_before_anything_exploratory(results, html, undrawn):
    assert html.index("Foresee’s default tests") < html.index("Exploratory tests")
    plan = Plan(
        (PlannedTest("model_wrong", "none", "pv"), PlannedTest("model_right", "none", "pv")),
        (PlannedTest("all", "none", "pv"),),
        origin="our registration",
    )
    html = render_report(analyse(results.study, plan))
    declared = html.index("Declared tests")
    assert declared < html.index("Exploratory tests") < html.index("(exploratory)</h2>")


def test_every_table_and_figure_is_there_once_and_numbered(results, html):
    for number, table in enumerate(results.tables, start=1):
        assert html.count(f"<b>Table {number}.</b>") == 1, table.name
    assert html.count("<b>Figure") == len(results.figures) == html.count('<svg role="img"')
    names = [part.name for part in (*results.tables, *results.figures)]
    assert len(names) == len(set(names))


def test_titles_are_text_and_not_markup(html):
    assert "A study of &lt;three&gt; conditions" in html
    assert "<three>" not in html


def test_ids_inside_the_figures_do_not_clash_with_other_content(html):
    # The same glyph may be defined by several figures, but then it must be the same glyph.
    found = {}
    for name, shape in re.findall(r'<path id="([^"]+)" d="([^"]*)"', html):
        assert found.setdefault(name, shape) == shape


def test_nothing_is_loaded_and_nothing_runs(html):
    assert re.findall(r"""(?:src|href)=["'](?!#|data:)([^"']+)""", html) == []
    assert "url(http" not in html
    assert "<script" not in html


def test_the_summary_says_what_became_of_each_declared_hypothesis(results, html):
    declared = [row for row in results_json(results)["tests"] if row["family"] == "declared"]
    assert len(declared) == 6
    supported = sum(row["p_holm"] < 0.05 for row in declared)
    assert html.count("is supported (") == supported
    assert html.count("is not supported (") == 6 - supported
    assert 0 < supported < 6


def test_three_conditions_get_a_common_test(results):
    rows = results_json(results)["several"]
    assert {(row["condition_a"], row["condition_b"]) for row in rows} == {
        ("gradcam", "none"), ("gradcam", "pv"), ("none", "pv"),
    }  # fmt: skip
    (table,) = (table for table in results.tables if table.name == "table_several")
    # One test of all conditions together stands once, and in a sentence.
    assert [bool(text) for text in table.text["H"]] == [True, False, False] * 2
    section = next(part for part in results.sections if table in part.tables)
    sentence = section.paragraphs[-1]
    assert sentence.startswith("All 3 conditions together (Kruskal–Wallis): where the model was")
    assert f"H(2) = {table.text['H'][0]}, p = {table.text['p (H)'][0]}, ε² = 0." in sentence


def test_a_declared_plan_replaces_the_default(results, undrawn):
    plan = Plan(
        (PlannedTest("model_wrong", "none", "pv", "less"),),
        origin="our registration",
        equivalence_margin=0.1,
    )
    found = analyse(results.study, plan)
    assert [row["condition_a"] for row in results_json(found)["tests"]] == ["none"]
    html = render_report(found)
    assert "Declared tests, from our registration" in html
    assert "Equivalence within 10 percentage points" in html
    assert "the plan’s margin of 10 percentage points" in html


def test_the_difference_over_all_images_has_an_interval(results):
    rows = [row for row in results_json(results)["differences"] if row["stratum"] == "all"]
    assert len(rows) == 3
    assert all(row["mean_ci_low"] < row["mean_difference"] < row["mean_ci_high"] for row in rows)


def test_an_equivalence_that_is_shown_is_named(frames):
    chances = {(c, s): 0.5 for c in ("gradcam", "pv") for s in ("model_wrong", "model_right")}
    study = from_frames("x", *frames(40, 30, 30, chances))
    plan = replace(default_plan(study.conditions), equivalence_margin=0.3)
    section = next(
        part for part in analyse(study, plan).sections if part.title.startswith("Size of the")
    )
    assert section.paragraphs[-1] == (
        "Shown to lie within the plan’s margin of 30 percentage points: Grad-CAM − PV where the"
        " model was wrong and Grad-CAM − PV where the model was right."
    )


def test_the_methods_paragraph_names_what_was_done(results):
    [paragraph] = results.sections[-1].paragraphs
    for words in ("Mann–Whitney", "Holm", "Feng and Cliff", "10\u202f000 two-way", "SciPy"):
        assert words in paragraph
    assert f"{results.study.n_participants} participants" in paragraph


def test_results_json_has_no_number_that_json_lacks(results):
    import json

    assert json.loads(json.dumps(results_json(results), allow_nan=False))


def test_the_report_warns_of_a_condition_with_more_dropouts(frames, undrawn):
    people, trials = frames(n_participants=60)
    gone = people["condition"].eq("pv") & (people["number"] % 4 == 0)
    people.loc[gone, ["finished_at", "n_answered"]] = [None, 2]
    html = render_report(analyse(from_frames("x", people, trials)))
    assert "may bias comparisons of conditions in either direction" in html
    stayed = render_report(analyse(from_frames("x", *frames(n_participants=20))))
    assert "either direction" not in stayed


def test_the_head_says_how_many_are_missing_and_what_they_could_change(frames, undrawn):
    people, trials = frames(n_participants=60)
    everybody = analyse(from_frames("x", people, trials))
    assert not any("not analysed" in text for text in everybody.findings)
    assert "arrived" not in render_report(everybody).partition("Findings")[0]
    gone = people["condition"].eq("pv") & (people["number"] % 4 == 0)
    people.loc[gone, ["finished_at", "n_answered"]] = [None, 2]
    results = analyse(from_frames("x", people, trials))
    last = results.findings[-1]
    assert re.fullmatch(
        r"15 of the 60 participants assigned are not analysed, more with some conditions than with"
        r" others \(smaller p of two tests: .*\)\. Whatever they had answered, the signs of the 2"
        r" tested differences would stay\.",
        last,
    )
    assert "Analysed: 45 participants; 60 arrived." in render_report(results)


def test_the_sentence_on_dropout_fits_what_was_found(frames):
    people, trials = frames(n_participants=60)
    gone = people["condition"].eq("pv") & (people["number"] % 4 == 0)
    driven = people.copy()
    driven.loc[gone, ["finished_at", "n_answered"]] = [None, 2]
    few = people.copy()
    few.loc[people["number"].isin([1, 2]), ["finished_at", "n_answered"]] = [None, 2]
    words = {}
    for name, left in (("driven", driven), ("few", few)):
        found = analyse(from_frames("x", left, trials)).sections
        section = next(each for each in found if "attrition" in each.numbers)
        words[name] = " ".join(section.paragraphs)
        assert bool(section.warnings) == (name == "driven")
    assert "Neither test shows" not in words["driven"]
    assert "Neither test shows" in words["few"]
    assert "29 of 30 finished with Grad-CAM (96.7 %, 95 % CI 83.3 to 99.4)" in words["few"]
    # One condition fewer in freedom than there are.
    assert "χ²(1, n = 60) = " in words["driven"]


def test_each_condition_has_a_column_in_the_table_of_dropouts(results, frames):
    people, trials = frames(n_participants=20)
    people.loc[people["number"] == 1, ["finished_at", "n_answered"]] = [None, 2]
    (table,) = (
        table
        for table in analyse(from_frames("x", people, trials)).tables
        if table.name == "table_dropout"
    )
    assert table.header == ["Page", "Grad-CAM", "PV", "Total"]
    assert table.rows == [["Trial 3", "1", "0", "1"]]


def test_people_without_an_explanation_are_not_said_to_have_one(html):
    text = re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)
    assert "without an explanation" in text
    assert "with No explanation" not in text
    assert "perception visualization (PV)" in text


def test_the_report_says_who_declared_the_tests(results, html, undrawn):
    assert "which the software fixed, not this study before its data" in html
    plan = Plan((PlannedTest("all", "none", "pv", "less"),), origin="our registration")
    registered = render_report(analyse(results.study, plan))
    assert "The declared tests come from our registration" in registered
    assert "which the software fixed" not in registered
    # One test needs no correction.
    assert "corrected for 1 test" not in registered


def test_a_declared_hypothesis_without_answers_is_neither_supported_nor_refuted(frames):
    people, trials = frames(n_participants=20)
    trials = trials[(trials["condition"] != "pv") | (trials["stratum"] != "model_wrong")]
    [first, second, *_] = analyse(from_frames("x", people, trials)).findings
    assert "could not be tested: too few answers" in first
    assert "supported" in second


def test_the_report_says_when_no_participant_met_a_rule(results, frames):
    nobody = analyse(from_frames("x", *frames(n_participants=20))).sections
    (found,) = (part.paragraphs for part in nobody if part.title.startswith("With and without"))
    assert found == [
        "None of the 20 participants met an exclusion rule; the default tests stay as they are."
    ]


def test_latex_tables_need_no_more_than_its_usual_fonts(results):
    # What inputenc and textcomp, which are always there, can set.
    known = set("“”¼±–")
    for table in results.tables:
        strange = {sign for sign in to_latex(table) if not sign.isascii()} - known
        assert not strange, (table.name, strange)


def test_the_guide_lists_the_keys_of_results_json(results):
    from pathlib import Path

    guide = (Path(__file__).resolve().parents[3] / "docs" / "analysis.md").read_text()
    general = {"schema_version", "title", "provenance", "versions", "n_participants", "n_simulated",
               "conditions"}  # fmt: skip
    for key in set(results_json(results)) - general:
        assert f"`{key}`" in guide, key


def test_an_exact_p_with_ties_is_called_conservative_at_its_table(results):
    plan = Plan((PlannedTest("model_wrong", "none", "pv", "less"),), method="exact")
    notes = {
        table.name: table.note
        for table in comparison_tests.tests_section(results.study, plan, results.accuracy).tables
    }
    assert "at most 5 %, and usually lower" in notes["table_tests"]
    assert "at most 5 %" not in next(
        table.note for table in results.tables if table.name == "table_tests"
    )


def test_what_is_wider_than_the_page_can_be_reached_and_scrolled_by_keyboard(results, html):
    n_tables, n_figures = len(results.tables), html.count("<figure>")
    assert html.count('role="region" aria-label="Table ') == n_tables
    assert html.count('role="region" aria-label="Figure ') == n_figures > 0
    assert html.count('tabindex="0"') == n_tables + n_figures


def test_each_share_of_an_image_has_its_interval(results):
    (table,) = (table for table in results.tables if table.name == "table_items")
    cells = table.text.iloc[:, 4:].to_numpy().ravel()
    assert all(re.fullmatch(r"\d+\.\d \(\d+\.\d to \d+\.\d\)", cell) for cell in cells)


def test_the_test_of_response_times_has_its_sizes_and_its_effect(results):
    (table,) = (table for table in results.tables if table.name == "table_time_tests")
    assert len(table.numbers) == 6
    assert (table.numbers["n_a"] > 10).all()
    assert table.numbers[["cliffs_delta", "ci_low", "ci_high"]].notna().all(axis=None)


def test_nothing_is_called_declared_without_a_declaration(results, html):
    text = re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)
    assert "Foresee’s default hypothesis that scores" in text
    assert "No plan was declared; the tests are Foresee’s defaults." in text
    # What was not declared is said not to have been.
    said = re.sub(r"(was|were) not declared|No plan was declared", "", text)
    assert "eclared" not in said
    assert results_json(results)["plan"]["declared"] is False


def test_one_test_alone_is_called_corrected_nowhere(results, undrawn):
    plan = Plan((PlannedTest("model_wrong", "none", "pv"),), origin="our registration")
    found = analyse(results.study, plan)
    text = render_report(found)
    assert "The declared hypothesis that scores" in text
    assert "Holm-corrected" not in text
    (table,) = (table for table in found.tables if table.name == "table_tests")
    assert "p (Holm)" not in table.header
    assert "Holm-corrected for 6 tests" in " ".join(results.findings)


def test_the_published_scores_are_not_compared_with_themselves(
    published_file, scores_file, undrawn
):
    results = analyse(from_scores_file(published_file))
    titles = [section.title for section in results.sections]
    assert "These are the published scores" in titles
    assert "Comparison with the published study (exploratory)" not in titles
    html = render_report(results).replace("\u00a0", " ")
    assert "in the same direction as the published" not in html
    assert "This study" not in html
    assert "figure_original" not in [figure.name for figure in results.figures]
    # One answer more, and it is another study.
    lines = published_file.read_text().splitlines()[1:]
    other = analyse(from_scores_file(scores_file(*lines, "one-more,pv,7,14,8,16")))
    assert "Comparison with the published study (exploratory)" in [
        part.title for part in other.sections
    ]


def test_bots_that_agree_with_the_published_study_are_said_to_show_nothing(frames):
    for simulated in (0, 1):
        found = analyse(from_frames("x", *frames(n_participants=8, simulated=simulated)))
        section = next(part for part in found.sections if part.title.startswith("Comparison with"))
        assert ("shows nothing" in section.paragraphs[-1]) == bool(simulated)


def test_the_head_says_how_many_more_in_plain_words(published_file):
    _, first, second, both, tested = analyse(from_scores_file(published_file)).findings
    assert first.startswith(
        "Where the model was wrong, participants named about 4 more of 14 predictions with PV than"
        " with Grad-CAM (35.0 and 8.3 %). "
    )
    assert "about 3 more of 16 predictions with Grad-CAM than with PV (95.9 and 75.5 %)" in second
    assert (
        "the difference Grad-CAM − PV changes by −47.2 percentage points (95 % CI −56.9 to −37.4;"
        in both
    )
    assert tested == "P-values of one-sided Mann–Whitney tests, Holm-corrected for 2 tests."


def test_the_head_has_each_difference_for_these_images_and_for_images_like_these(results):
    [table] = results.sections[0].tables
    assert "Images like these (95 % CI)" in table.header
    assert [row[0] for row in table.rows] == [
        *["Model wrong"] * 3, *["Model right"] * 3, *["Wrong minus right"] * 3
    ]  # fmt: skip
    every = results_json(results)["headline"]
    assert all(row["n_a"] > 0 and row["n_b"] > 0 for row in every)
    rows = [row for row in every if row["like_difference"] is not None]
    assert len(rows) >= 6
    assert all(row["like_ci_low"] < row["like_difference"] < row["like_ci_high"] for row in rows)


def test_tests_dropout_and_distributions_are_looked_up_in_the_appendix(results):
    seen = [section.title for section in results.sections if not section.is_detail]
    assert seen == ["Findings", "Planned and happened", "Participants", "Accuracy"]


def test_eight_conditions_have_a_short_head_and_whole_legends(frames):
    chances = {
        (f"a condition with a long name {i}", stratum): 0.1 * i
        for i in range(1, 9)
        for stratum in ("model_wrong", "model_right")
    }
    results = analyse(from_frames("x", *frames(64, 4, 4, chances)))
    head = results.findings
    assert len(head) == 3
    assert re.search(r"\d+ of 28 default tests found a difference", head[0])
    assert "Holm-corrected for 56 tests" in head[0]
    assert re.search(r"named most predictions with .* 8 \(.* %\), fewest with .* 1 \(", head[0])
    assert results.sections[0].tables == []
    for illustration in results.figures:
        figure = illustration.figure
        figure.draw_without_rendering()
        for legend in figure.legends:
            box, page = legend.get_window_extent(), figure.bbox
            assert box.x0 >= page.x0, illustration.name
            assert box.x1 <= page.x1, illustration.name
            assert box.y0 >= page.y0, illustration.name
    bars = next(part.figure for part in results.figures if part.name == "figure_scores")
    looks = {(bar[0].get_facecolor(), bar[0].get_hatch()) for bar in bars.axes[0].containers}
    assert len(looks) == 8
