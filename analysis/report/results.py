"""All results of a study, section by section."""

import math
from dataclasses import asdict, dataclass, replace
from html import escape
from itertools import chain
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from analysis.data.scores import conditions_of
from analysis.data.study_data import StudyData, analysed_trials
from analysis.plan.plan import Plan, default_plan, require_plan_fits, with_exploratory
from analysis.plan.reader import declared_plan, default_exclusions
from analysis.report.section import Illustration, Section
from analysis.report.sections.about import about_section
from analysis.report.sections.accuracy import accuracy_section, scores_section
from analysis.report.sections.answers.answers_given import answers_section
from analysis.report.sections.answers.changes import change_sections
from analysis.report.sections.answers.confidence import confidence_sections
from analysis.report.sections.answers.pace import pace_section
from analysis.report.sections.answers.response_bias import bias_section
from analysis.report.sections.answers.retest import retest_sections
from analysis.report.sections.answers.task import task_section
from analysis.report.sections.checklists import checklist_section
from analysis.report.sections.differences.comparison_tests import (
    compares_different_people,
    tests_section,
)
from analysis.report.sections.differences.estimates import estimates_section
from analysis.report.sections.differences.original import (
    compares_the_published_conditions,
    original_section,
)
from analysis.report.sections.differences.robustness import robustness_section
from analysis.report.sections.findings import findings_section
from analysis.report.sections.flow import flow_sections
from analysis.report.sections.generalising.generalisation import generalisation_section
from analysis.report.sections.generalising.interactions import interaction_rows
from analysis.report.sections.generalising.mixed_model import mixed_model_section
from analysis.report.sections.images import images_section
from analysis.report.sections.looks import looks_sections
from analysis.report.sections.methods import methods_section
from analysis.report.sections.people.checks import check_sections
from analysis.report.sections.people.devices import device_sections
from analysis.report.sections.people.own_words import own_words_sections
from analysis.report.sections.people.questionnaire import questionnaire_sections
from analysis.report.sections.people.visual_checks import visual_check_sections
from analysis.report.sections.registration import registration_section
from analysis.report.sections.scores_alone import scores_alone_sections
from analysis.report.sections.shown import shown_sections
from analysis.report.sections.stimuli import stimuli_sections
from analysis.report.sections.summary import Basis
from analysis.report.sections.versions import versions_sections
from analysis.report.sections.within_person.section import within_person_section
from analysis.report.tables import Table
from analysis.report.versions import library_versions
from analysis.statistics.descriptives import accuracy_table

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Results:
    """A study with its sections, in the order of the report."""

    study: StudyData
    plan: Plan
    # Computed once; columns `descriptives.ACCURACY_COLUMNS`.
    accuracy: pd.DataFrame
    sections: list[Section]

    def _repr_html_(self) -> str:
        accuracy = next(table for table in self.tables if table.name == "table_accuracy")
        return f"<h3>{escape(self.study.title)}</h3>{accuracy.text.to_html(index=False)}"

    @property
    def findings(self) -> list[str]:
        """The sentences at the top of the report."""
        return self.sections[0].paragraphs

    @property
    def tables(self) -> list[Table]:
        return [table for section in self.sections for table in section.tables]

    @property
    def figures(self) -> list[Illustration]:
        return [figure for section in self.sections for figure in section.figures]

    @property
    def attachments(self) -> dict[str, str]:
        """Name -> text of the files for what the report must not print."""
        parts = (section.attachments.items() for section in self.sections)
        return dict(chain.from_iterable(parts))


def analyse(study: StudyData, plan: Plan | None = None) -> Results:
    """Return all results of a study; raise PlanError for a plan's condition without data.

    Tests that the study's protocol declares stay declared; those of a later plan are exploratory.
    """
    # The matrices are small: waiting for each other, more threads take longer than one.
    with threadpool_limits(limits=1, user_api="blas"):
        return _analyse(study, plan)


def _analyse(study: StudyData, plan: Plan | None) -> Results:
    declared = declared_plan(study)
    if declared and plan:
        plan = with_exploratory(declared, plan)
    if plan is None:
        exclusions = default_exclusions(study.protocol)
        plan = declared or replace(default_plan(study.conditions), exclusions=exclusions)
    require_plan_fits(plan, study.conditions, design=study.design)
    accuracy = accuracy_table(study.scores)
    sections = _sections(study, plan, accuracy)
    numbers = _numbers(sections)
    numbers["interaction"] = interaction_rows(study)
    head = findings_section(Basis(study, plan, accuracy, numbers))
    return Results(study, plan, accuracy, [head, *sections])


def _numbers(sections: list[Section]) -> dict[str, Any]:
    return {name: found for part in sections for name, found in part.numbers.items()}


def _sections(study: StudyData, plan: Plan, accuracy: pd.DataFrame) -> list[Section]:
    """What a reader sees first; then the appendix, which begins with the plan's tests."""
    # Sections that compare different participants have no place where the same ones see both.
    between = not study.design.shared
    several = len(conditions_of(study.scores)) > 1 and between
    sections = [accuracy_section(study, accuracy)]
    details: list[Section] = []
    if compares_different_people(study, plan):
        details.append(tests_section(study, plan, accuracy))
    if study.design.has_blocks and study.trials is not None:
        trials = analysed_trials(study, study.trials)
        details.append(within_person_section(study, trials, plan))
    if between and compares_the_published_conditions(study):
        details.append(original_section(study, accuracy))
    details.append(scores_section(study, accuracy))
    if between:
        details.append(estimates_section(study, plan))
    sections += [*looks_sections(study, plan), *scores_alone_sections(study)]
    if study.participants is not None and study.trials is not None:
        trials = analysed_trials(study, study.trials)
        flow, stages = flow_sections(study, study.participants)
        sections.insert(0, flow)
        details += [*shown_sections(study, trials), stages]
        sections[:0] = [
            registration_section(study, study.participants, plan),
            *versions_sections(study, study.participants),
        ]
        if len(conditions_of(study.scores)) > 1:
            details.append(mixed_model_section(study, trials))
        if several:
            details.append(generalisation_section(study, trials))
        sections += [task_section(study.task, trials)] if study.task else []
        details += [
            answers_section(study, trials),
            *confidence_sections(trials),
            *change_sections(trials),
            *retest_sections(trials, study.repeats),
            bias_section(trials),
            pace_section(study, trials),
            images_section(study, trials),
            robustness_section(study, trials, study.participants, plan),
            *questionnaire_sections(study, study.participants),
            *own_words_sections(study, study.participants),
            *check_sections(study, study.participants),
            *visual_check_sections(study, study.participants),
            *device_sections(study, study.participants),
        ]
    numbers = _numbers([*sections, *details])
    details += [*stimuli_sections(study), methods_section(study, plan, accuracy, numbers)]
    if study.protocol:
        titles = [section.title for section in [*sections, *details]]
        details += [about_section(study), checklist_section(study, titles)]
    return [*sections, *(replace(section, is_detail=True) for section in details)]


def results_json(results: Results) -> dict[str, Any]:
    """Return results.json: `accuracy`, `tests`, the numbers of other sections; null for NaN."""
    study = results.study
    document: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "title": study.title,
        "provenance": study.provenance,
        "plan": _declared(results.plan),
        "versions": library_versions(),
        "n_participants": study.n_participants,
        "n_simulated": study.n_simulated,
        "edits": list(study.edits),
        "conditions": conditions_of(study.scores),
    }
    for section in results.sections:
        document |= section.numbers
    # A single condition is not compared.
    document.setdefault("tests", [])
    plain: dict[str, Any] = _plain(document)
    return plain


def _declared(plan: Plan) -> dict[str, Any]:
    """What the plan fixes in addition to its tests, which `tests` lists."""
    names = ("origin", "method", "continuity", "correction", "alpha", "equivalence_margin")
    fixed = {name: getattr(plan, name) for name in names} | asdict(plan.exclusions)
    return {"declared": plan.is_declared, **fixed}


def _plain(value: Any) -> Any:
    """The value with NumPy's numbers as Python's, and None for numbers that are not finite."""
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
