"""Paired tests, then the blocks in their order, gains, and guessing."""

from itertools import pairwise

import pandas as pd

from analysis.data.designs import Design
from analysis.data.schema import BLOCK
from analysis.data.study_data import StudyData
from analysis.plan.plan import Plan
from analysis.report.section import Section
from analysis.report.sections.within_person.blocks import curve_table, group_table
from analysis.report.sections.within_person.gains import change_table, gain_table
from analysis.report.sections.within_person.guessing import chance_table
from analysis.report.sections.within_person.order import order_effect_tables
from analysis.report.sections.within_person.other_images import other_images_tables
from analysis.report.sections.within_person.paired_tests import paired_tables
from analysis.report.tables import Table
from analysis.statistics.progress.blocks import block_scores

THESE_IMAGES = (
    "The results of this section apply to the images of the study; {others} what"
    " applies to images like these. The tables by block show practice."
)


def within_person_section(study: StudyData, trials: pd.DataFrame, plan: Plan) -> Section:
    """Comparisons within participants, and what the blocks show in their order."""
    tables = [*paired_tables(study, plan), *other_images_tables(study, trials)]
    if BLOCK in trials and study.participants is not None:
        tables += _block_tables(trials, study.participants, study.design)
    tables.append(chance_table(trials))
    return Section(
        title="Within participants, block by block",
        paragraphs=[_introduction(plan, tables)],
        tables=tables,
        numbers={
            table.name.removeprefix("table_"): table.numbers.to_dict("records") for table in tables
        },
    )


def _introduction(plan: Plan, tables: list[Table]) -> str:
    declared = "declared" if plan.is_declared else "default"
    names = {table.name for table in tables}
    compared = "table_paired_tests" in names
    others = "the mixed model says"
    if "table_paired_bootstrap" in names:
        others = "the table with other images and the mixed model say"
    tests = (
        f" The {declared} tests compare each participant’s accuracies in two conditions."
        if compared
        else ""
    )
    return (
        "Participants of this study saw several blocks of questions one after another."
        f"{tests} All tables but that of the tests are exploratory."
        f" {THESE_IMAGES.format(others=others)}"
    )


def _block_tables(trials: pd.DataFrame, participants: pd.DataFrame, design: Design) -> list[Table]:
    """The learning curve, the gain from each block to the next, and how groups differ in it."""
    scores = block_scores(trials, design.blocks)
    assigned = participants.set_index(participants["participant_id"].astype(str))["condition"]
    groups = design.own_of(assigned)
    tables = [curve_table(trials, scores, groups)]
    if groups.nunique() > 1:
        tables.append(group_table(scores, groups))
    steps = list(pairwise(design.blocks))
    if len(design.blocks) > 2:
        steps.append((design.blocks[0], design.blocks[-1]))
    if not steps:
        return tables
    tables.append(gain_table(scores, groups, steps))
    tables += order_effect_tables(trials)
    if groups.nunique() > 1:
        tables.append(change_table(scores, groups, steps))
    return tables
