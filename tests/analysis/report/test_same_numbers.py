"""Every number of a report is one number, wherever it is printed."""

import io
import json
import re

import pandas as pd
import pytest
from markupsafe import Markup

from analysis.data.labels import condition_label, stratum_label
from analysis.data.study_data import from_frames
from analysis.plan.plan import Plan, PlannedTest
from analysis.report import numbers
from analysis.report.html import render_report
from analysis.report.results import analyse, results_json
from analysis.report.tables import latex, to_csv, to_latex, to_markdown
from tests.analysis.conftest import make_frames
from tests.analysis.report.test_html import CHANCES

# As `fixed` and `p_value` print them.
PRINTED = re.compile(r"−?\d[\d\u202f]*(?:\.\d+)?(?: × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?")
# Files whose rows are not those of their table: a stage or rule a row, all conditions beside it.
# Columns of names, which may hold digits.
NAMES = ("Image", "Class", "Rule", "Condition")
KEYS = ("stratum", "condition", "condition_a", "condition_b")


@pytest.fixture(scope="module")
def results():
    people, trials = make_frames(45, 8, 8, CHANCES, finished_share=0.85)
    plan = Plan(
        tuple(PlannedTest(stratum, "none", "pv") for stratum in ("model_wrong", "model_right")),
        (PlannedTest("all", "gradcam", "pv"),),
        equivalence_margin=0.1,
    )
    return analyse(from_frames("Three conditions", people, trials), plan)


def roundings(value):
    """Every way in which the report may print a number."""
    if not isinstance(value, int | float) or pd.isna(value):
        return set()
    scales = (1, 10, 100, 1000, 0.001)
    fixed = {numbers.fixed(value * scale, digits) for scale in scales for digits in (0, 1, 2)}
    found = {*fixed, numbers.p_value(abs(value))}
    return found | ({numbers.count(value)} if abs(value) < 1e9 else set())


def test_results_json_and_the_csv_files_hold_the_same_numbers(results):
    document = json.loads(json.dumps(results_json(results)))
    compared = 0
    for table in results.tables:
        rows = document.get(table.name.removeprefix("table_"))
        if rows is None or len(rows) != len(table.numbers):
            continue
        stored = pd.read_csv(io.StringIO(to_csv(table)), keep_default_na=False, na_values=[""])
        assert set(rows[0]) == set(stored.columns), table.name
        for name in stored.columns:
            theirs = pd.Series([row[name] for row in rows], dtype=stored[name].dtype)
            pd.testing.assert_series_equal(
                stored[name], theirs, check_names=False, rtol=1e-14, obj=f"{table.name}, {name}"
            )
        compared += 1
    assert compared >= 12


def test_every_key_of_results_json_belongs_to_one_section(results):
    keys = [key for section in results.sections for key in section.numbers]
    assert len(keys) == len(set(keys))


def test_every_number_of_a_printed_row_is_a_rounded_number_of_the_same_row(results):
    """What the report says of a pair of conditions is what the CSV file has for that pair."""
    compared = 0
    for table in results.tables:
        keys = [name for name in KEYS if name in table.numbers]
        if not {"condition", "condition_a"} & set(keys) or len(table.numbers) < len(table.rows):
            continue
        numeric = table.numbers.to_dict("records")
        for row in table.rows:
            own = [
                record
                for record in numeric
                if all(names(record, key, " ".join(row[:3])) for key in keys)
            ]
            known = set().union(*(roundings(value) for record in own for value in record.values()))
            for head, cell in zip(table.header, row, strict=True):
                if head in ("Image", "Class", "Rule") or cell in map(
                    condition_label, ("pv", "none")
                ):
                    continue
                for printed in PRINTED.findall(cell.replace("Model", "")):
                    assert printed in known, (table.name, head, cell)
                    compared += 1
    assert compared > 500


def names(record, key, text):
    """Whether a printed row may be of this record's condition, pair or stratum."""
    label, values = (
        (stratum_label, ("model_wrong", "model_right", "all"))
        if key == "stratum"
        else (condition_label, ("gradcam", "none", "pv"))
    )
    named = any(label(value) in text for value in values)
    return label(str(record[key])) in text or not named


def test_html_tex_and_markdown_print_the_same_cells(results):
    html = render_report(results).replace("\u00a0", " ")
    for table in results.tables:
        tex, markdown = to_latex(table), to_markdown(table)
        for row in table.rows:
            for cell in row:
                assert str(Markup.escape(cell)) in html, (table.name, cell)
                assert latex(cell) in tex
                assert cell.replace("|", "\\|") in markdown


def test_the_p_of_all_conditions_together_is_the_kruskal_wallis_test(results):
    """Of a file, results.json and the report: not one of the pairs that follow it."""
    from analysis.data.scores import scores_of
    from analysis.statistics.several_conditions import dunn, kruskal_wallis

    (table,) = (table for table in results.tables if table.name == "table_several")
    for stratum, rows in table.numbers.groupby("stratum"):
        groups = {
            name: scores_of(results.study.scores, name, stratum).to_numpy()
            for name in ("gradcam", "none", "pv")
        }
        assert set(rows["p_value"]) == {kruskal_wallis(groups).pvalue}
        assert rows["dunn_p"].tolist() == dunn(groups)["p_value"].tolist()
        assert rows["p_holm"].tolist() == dunn(groups)["p_holm"].tolist()
