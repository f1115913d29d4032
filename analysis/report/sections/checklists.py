"""CONSORT 2025 and NeurIPS' questions on people, each with where this study answers it.

Hopewell et al. (2025), CONSORT 2025 statement, doi:10.1136/bmj-2024-081123; the NeurIPS paper
checklist, questions on crowdsourcing and on research with human subjects. In our words.
"""

from collections.abc import Callable, Collection
from typing import Any, TypeAlias

import pandas as pd

from analysis.data.study_data import StudyData
from analysis.report.section import Section
from analysis.report.sections.about import UNSTATED, stated
from analysis.report.sections.versions import TITLE as VERSIONS
from analysis.report.tables import Table

PAPER = "the paper’s own text"
WITHIN = "Within participants, block by block"
NOT_RECORDED = "the software records nothing of it"
Facts: TypeAlias = dict[str, str]
# A text; the name of a fact, in brackets, whose text is the answer; or a function of the protocol.
Answer: TypeAlias = str | Callable[[dict[str, Any]], str]


def assignment_rule(protocol: dict[str, Any]) -> str:
    """In which way the protocol assigns participants to conditions, in words."""
    rule = protocol.get("assignment") or {}
    modes = {
        "round_robin": "in turn, in the order of the conditions",
        "least_filled": "to the condition with the fewest participants, ties by the seed",
        "permuted_blocks": f"in permuted blocks of {_listed(rule.get('block_sizes') or ())}",
    }
    return modes.get(rule.get("mode", "round_robin"), UNSTATED)


def _sample(protocol: dict[str, Any]) -> str:
    sample = protocol.get("sample") or {}
    if not sample.get("size"):
        return UNSTATED
    reason = sample.get("justification") or f"the reason: {UNSTATED}"
    return f"{sample['size']} participants; {reason}"


def _stopping(protocol: dict[str, Any]) -> str:
    return str((protocol.get("stopping") or {}).get("rule") or UNSTATED)


def _listed(sizes: Collection[int]) -> str:
    return " and ".join(map(str, sizes)) or "a size that is not stated"


CONSORT: tuple[tuple[str, str, Answer], ...] = (
    ("1a", "randomised, said in the title", PAPER),
    ("1b", "structured abstract", PAPER),
    ("2", "registration", "[Registration]"),
    ("3", "where protocol and analysis plan are", "materials/protocol.json of the export"),
    ("4", "where data, codebook and programs are", "the export: data/, codebook.csv, analysis/"),
    ("5a", "funding", "[Funding]"),
    ("5b", "conflicts of interest", "[Conflicts of interest]"),
    ("6", "background", PAPER),
    (
        "7",
        "objectives",
        f"Comparisons: the hypotheses; {WITHIN}: the hypotheses",
    ),
    ("8", "involvement of the people concerned", PAPER),
    ("9", "design and allocation ratio", "Methods; Planned and happened"),
    ("10", "changes after the start", f"Planned and happened; {VERSIONS}"),
    ("11", "setting", "in a browser, wherever the participant was"),
    ("12a", "who could take part", "documentation/ of the export: the information page"),
    ("12b", "who gave the interventions", "nobody: programs showed all pages"),
    (
        "13",
        "what each condition saw",
        "What was explained; materials/ in the export",
    ),
    ("14", "outcomes", "Methods: accuracy where the model was wrong and right"),
    ("15", "how harms were noticed", NOT_RECORDED),
    ("16a", "sample size", _sample),
    ("16b", "interim looks and stopping", _stopping),
    ("17a", "who made the random sequence, how", "the software, from the protocol’s seed"),
    ("17b", "kind of randomisation", assignment_rule),
    ("18", "concealment", "the condition is chosen by the server when somebody agrees"),
    ("19", "access to the sequence", "the seed is in the protocol; a blind team sees letters"),
    ("20a", "who was blinded", "the team until it unblinded the study; participants see one way"),
    ("20b", "how", "conditions have letters in the console until then"),
    ("21a", "statistical methods", "Methods"),
    ("21b", "who is in each analysis", "Methods: all who finished, as assigned"),
    (
        "21c",
        "missing data",
        "Participants: how many; Participants, stage by stage: what they could change",
    ),
    ("21d", "further analyses", "Comparisons: exploratory tests; the appendix"),
    ("22a", "numbers in each condition", "Participants: the flow diagram"),
    (
        "22b",
        "losses with reasons",
        "Participants: the flow diagram; reasons for dropping out are not recorded",
    ),
    ("23a", "dates", "Planned and happened"),
    ("23b", "why it ended", "Planned and happened: the stopping rule"),
    ("24a", "what was really shown", "data/ of the export: events and stimuli"),
    ("24b", "other help at the same time", NOT_RECORDED),
    (
        "25",
        "baseline data",
        "Questionnaire: by condition, of those analysed; Devices: by condition",
    ),
    (
        "26",
        "results with intervals",
        f"Accuracy; Comparisons; Size of the differences; {WITHIN}",
    ),
    ("27", "harms", NOT_RECORDED),
    ("28", "other analyses", "the appendix, called exploratory"),
    ("29", "interpretation", PAPER),
    (
        "30",
        "limitations and generalisability",
        "the head of the report: images like these, participants not analysed",
    ),
)
# Sections that only some reports have, by how their titles begin.
NOT_ALWAYS = (
    "Comparisons",
    "Size of the differences",
    WITHIN,
    VERSIONS,
    "What was explained",
    "Questionnaire",
    "Devices",
)
NEURIPS_CAPTION = "NeurIPS’ questions on human subjects"
NEURIPS: tuple[tuple[str, str, Answer], ...] = (
    ("Instructions", "the full text given to participants", "documentation/ of the export"),
    ("Screenshots", "where applicable", "the pages can be made again from the protocol"),
    ("Pay", "what participants were paid", "[Pay]"),
    ("Risks", "whether risks were disclosed", "documentation/ of the export: information page"),
    ("Approval", "review board, or why none", "[Ethics]"),
)


def checklist_section(study: StudyData, sections: Collection[str]) -> Section:
    """Return both checklists; the protocol answers what the report does not.

    `sections` are the titles of the report's other sections.
    """
    facts = dict(stated(study))
    absent = {name for name in NOT_ALWAYS if not any(title.startswith(name) for title in sections)}
    tables = [
        _table("table_consort", "CONSORT 2025, item by item", CONSORT, study, facts, absent),
        _table("table_neurips", NEURIPS_CAPTION, NEURIPS, study, facts, absent),
    ]
    missing = sum(int((table.numbers["answered"] == UNSTATED).sum()) for table in tables)
    return Section(
        title="Checklists",
        paragraphs=[
            "Where this study answers what journals and conferences ask."
            f" {missing} point{' has' if missing == 1 else 's have'} no answer, since the protocol"
            " states none."
            if missing
            else "Where this study answers what journals and conferences ask."
        ],
        tables=tables,
        numbers={"checklists": {t.name.removeprefix("table_"): t.numbers.to_dict("records")
                                for t in tables}},
    )  # fmt: skip


def _table(
    name: str,
    caption: str,
    points: tuple[tuple[str, str, Answer], ...],
    study: StudyData,
    facts: Facts,
    absent: Collection[str],
) -> Table:
    rows = [(item, asked, _answer(answer, study, facts, absent)) for item, asked, answer in points]
    frame = pd.DataFrame(rows, columns=["item", "asked", "answered"])
    text = frame.set_axis(["Item", "Asked", "Answered"], axis=1)
    return Table(name, caption, frame, text, text_columns=3)


def _answer(answer: Answer, study: StudyData, facts: Facts, absent: Collection[str]) -> str:
    if callable(answer):
        return answer(study.protocol) if study.protocol else UNSTATED
    if answer.startswith("["):
        return facts[answer.strip("[]")] or UNSTATED
    parts = [part for part in answer.split("; ") if part.split(":")[0] not in absent]
    return "; ".join(parts) or UNSTATED
