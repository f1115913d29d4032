"""What reviewers ask is answered from the protocol, or said not to be stated."""

import re
from dataclasses import replace

import pytest

from analysis.data.study_data import from_frames
from analysis.report.html import render_report
from analysis.report.results import analyse
from analysis.report.sections.about import UNSTATED, about_section
from analysis.report.sections.checklists import CONSORT, checklist_section

STATED = {
    "slug": "shapes",
    "study": {
        "authors": [
            {"name": "Ada Example", "orcid": "0000-0002-1825-0097", "institution": "Example"},
            {"name": "Ben Example"},
        ],
        "ethics": "Board of Example, 2026-017",
        "funding": ["Fund, grant 1", "Another"],
    },
    "pay": {"base": 2.5, "per_correct": 0.1, "above_chance_only": True, "currency": "GBP"},
    "assignment": {"mode": "permuted_blocks", "block_sizes": [4, 8]},
}


SECTIONS = ("Comparisons", "Size of the differences (exploratory)")


@pytest.fixture
def study(frames):
    return from_frames("Shapes", *frames(n_participants=12))


def answers(study, table):
    [found] = [each for each in checklist_section(study, SECTIONS).tables if each.name == table]
    return dict(zip(found.numbers["item"], found.numbers["answered"], strict=True))


def test_facts_are_those_of_the_protocol(study):
    facts = about_section(replace(study, protocol=STATED)).numbers["about"]
    assert facts["Authors"] == "Ada Example (Example, ORCID 0000-0002-1825-0097); Ben Example"
    assert facts["Funding"] == "Fund, grant 1; Another"
    assert facts["Pay"] == "2.50 GBP for finishing, 0.10 GBP for each right answer beyond chance"
    assert facts["Conflicts of interest"] == ""


def test_a_point_is_answered_or_said_not_to_be_stated(study):
    found = answers(replace(study, protocol=STATED), "table_consort")
    assert len(found) == len(CONSORT) == 42
    assert found["5a"] == "Fund, grant 1; Another"
    assert found["5b"] == found["2"] == found["16a"] == UNSTATED
    assert found["17b"] == "in permuted blocks of 4 and 8"
    people = answers(replace(study, protocol=STATED), "table_neurips")
    assert people["Approval"] == "Board of Example, 2026-017"


@pytest.mark.parametrize(
    ("rule", "said"), [("when full", "1 point has no answer"), ("", "2 points have no answer")]
)
def test_points_without_an_answer_are_counted(study, rule, said):
    protocol = {
        **STATED,
        "study": {"ethics": "Board", "funding": ["Fund"], "registration": "osf.io/x"},
        "sample": {"size": 12},
        "stopping": {"rule": rule},
    }
    section = checklist_section(
        replace(study, protocol=protocol), [*SECTIONS, "Questionnaire", "What was explained"]
    )
    assert said in section.paragraphs[0]


def test_sections_that_a_checklist_names_are_in_the_report(study, undrawn):
    html = render_report(analyse(replace(study, protocol=STATED)))
    titles = " ".join(re.findall(r'<h2 id="[^"]*">([^<]*)', html))
    for name in ("Planned and happened", "Participants", "Accuracy", "Comparisons", "Methods",
                 "Size of the differences", "With and without exclusions"):  # fmt: skip
        assert name in titles


def test_a_section_that_the_report_lacks_is_named_by_no_checklist(study, undrawn):
    results = analyse(replace(study, protocol=STATED))
    titles = [section.title for section in results.sections]
    answered = checklist_section(results.study, titles).tables[0].numbers["answered"]
    said = " ".join(answered)
    for name in ("What was explained", "Questionnaire", "Devices"):
        assert (name in said) == any(title.startswith(name) for title in titles), name
    assert "Participants, stage by stage" in titles


def test_a_checklist_names_the_sections_that_the_report_has(study):
    own = replace(study, protocol=STATED)
    assert answers(own, "table_consort")["26"] == "Accuracy; Comparisons; Size of the differences"
    within = "Within participants, block by block"
    [consort, _] = checklist_section(own, [within]).tables
    found = dict(zip(consort.numbers["item"], consort.numbers["answered"], strict=True))
    assert found["26"] == f"Accuracy; {within}"
    assert found["7"] == f"{within}: the hypotheses"


def test_each_entry_of_the_contents_leads_to_a_heading(study, undrawn):
    html = render_report(analyse(replace(study, protocol=STATED)))
    targets = re.findall(r'href="#([^"]*)"', html.split("<section>")[0])
    assert len(targets) > 10
    ids = re.findall(r'<h2[^>]* id="([^"]*)"', html)
    assert set(targets) <= set(ids)
    assert len(ids) == len(set(ids))


def test_scores_alone_have_no_checklists(study, undrawn):
    html = render_report(analyse(study))
    assert "CONSORT 2025, item by item" not in html
