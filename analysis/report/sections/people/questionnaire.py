"""What participants answered in the questionnaire; only in studies that have one."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.data.ids import is_one_of
from analysis.data.labels import condition_label
from analysis.data.questionnaire import SCALE, TEXT, Question, questions_of, with_unknown
from analysis.data.schema import BLOCK, PROTOCOL_VERSION
from analysis.data.study_data import StudyData, analysed_trials
from analysis.report.figures.scales import scale_bars
from analysis.report.numbers import count, fixed
from analysis.report.section import Illustration, Section
from analysis.report.sections.people.distributions import distribution_table
from analysis.report.tables import Table
from analysis.statistics.answers.distributions import count_values, spread

MISSING = "No answer"
NOT_TESTED = "The answers are described, and nothing about them is tested."
EMPTY = pd.DataFrame(columns=["participant_id", "question", "answer"], dtype=str)
# Which answers are shown by what participants saw in a block, and not by their group.
BY_GROUP, BY_BLOCK = "table_questionnaire", "table_questionnaire_blocks"


def questionnaire_sections(study: StudyData, participants: pd.DataFrame) -> list[Section]:
    """One section about the analysed participants' answers to closed questions, or none."""
    closed = [question for question in asked_questions(study) if question.kind != TEXT]
    if not closed:
        return []
    counts = pd.concat([_counts(study, participants, question) for question in closed])
    tables = list(_count_tables(counts, _note(study, participants)))
    scales = [question for question in closed if question.kind == SCALE]
    if scales:
        tables.append(_scale_table(study, participants, scales))
    return [
        Section(
            title="Questionnaire",
            paragraphs=[f"{_sentence(study, closed)} {NOT_TESTED}"],
            tables=tables,
            figures=_figures(counts, scales),
            numbers={
                table.name.removeprefix("table_"): table.numbers.to_dict("records")
                for table in tables
            },
        )
    ]


def asked_questions(study: StudyData) -> list[Question]:
    """The protocol's questions, and others that somebody answered."""
    answers = EMPTY if study.questionnaire is None else study.questionnaire
    return with_unknown(questions_of(study.protocol), answers)


def answers_to(study: StudyData, question: Question) -> "pd.Series[str]":
    """Stored answers by participant; of those who gave one."""
    answers = EMPTY if study.questionnaire is None else study.questionnaire
    own = answers[answers["question"] == question.name]
    return own.set_index("participant_id")["answer"]


def conditions_when_asked(
    study: StudyData, participants: pd.DataFrame, question: Question
) -> "pd.Series[str]":
    """What each analysed participant saw: their condition or group, or the block's condition."""
    people = participants[is_one_of(participants["participant_id"], study.analysed)]
    own = people.set_index("participant_id")["condition"].astype(str)
    if not asks_within(study, question) or study.trials is None:
        return own
    trials = analysed_trials(study, study.trials)
    shown = trials[trials[BLOCK] == question.after].drop_duplicates("participant_id")
    seen = shown.astype({"participant_id": str}).set_index("participant_id")["condition"]
    return seen.astype(str).reindex(own.index).fillna(own)


def asks_within(study: StudyData, question: Question) -> bool:
    """Whether it follows a block of items whose condition differs within participants."""
    blocks = {block["name"]: block for block in study.protocol.get("blocks") or []}
    if question.after not in study.design.blocks:
        return False
    names = list(blocks)
    place = names.index(question.after)
    while place and blocks[names[place]].get("condition") == "same":
        place -= 1
    return bool(blocks[names[place]].get("condition") == "within")


def _counts(study: StudyData, participants: pd.DataFrame, question: Question) -> pd.DataFrame:
    conditions = conditions_when_asked(study, participants, question)
    chosen = answers_to(study, question).map(question.chosen).reindex(conditions.index)
    counts = count_values(conditions, chosen, question.options)
    within = asks_within(study, question)
    counts.insert(0, "question", question.name)
    counts.insert(1, "kind", question.kind)
    return counts.assign(topic=question.title, table=BY_BLOCK if within else BY_GROUP)


def _count_tables(counts: pd.DataFrame, note: str) -> Iterator[Table]:
    captions = {
        BY_GROUP: "Answers to the questionnaire",
        BY_BLOCK: "Answers after a block, by the condition shown in it",
    }
    for name, part in counts.groupby("table", sort=False):
        yield distribution_table(
            str(name),
            f"{captions[str(name)]}, in participants (percent of those who answered)",
            part.drop(columns="table"),
            ("Question", "Answer"),
            MISSING,
            note,
        )


def _note(study: StudyData, participants: pd.DataFrame) -> str:
    people = participants[is_one_of(participants["participant_id"], study.analysed)]
    versions = people[PROTOCOL_VERSION].nunique() if PROTOCOL_VERSION in people else 1
    other = ", or began with a version of the protocol that does not ask" if versions > 1 else ""
    return (
        f"{MISSING}: left the question out, or ended before it{other}. Where several options could"
        " be chosen, percentages may add up to more than 100."
    )


def _sentence(study: StudyData, closed: list[Question]) -> str:
    answered = set().union(*(answers_to(study, question).index for question in closed))
    n = len(answered & study.analysed)
    whom = f"{count(n)} of {count(study.n_participants)} analysed participants"
    asked = f"{count(len(closed))} closed question{'' if len(closed) == 1 else 's'}"
    return f"{asked}; {whom} answered at least one."


def _scale_table(study: StudyData, participants: pd.DataFrame, scales: list[Question]) -> Table:
    rows, text = [], []
    for question in scales:
        conditions = conditions_when_asked(study, participants, question)
        points = pd.to_numeric(answers_to(study, question), errors="coerce")
        given = points.reindex(conditions.index)
        for condition in sorted(conditions.unique()):
            found = spread(given[conditions == condition].to_numpy(dtype=float))
            key = {"question": question.name, "condition": condition}
            rows.append(key | {"n_points": len(question.options)} | found)
            text.append(
                {
                    "Question": question.title,
                    "Condition": condition_label(condition),
                    "n": count(found["n_given"]),
                    "Median": fixed(found["median"], 1),
                    "Quartiles": f"{fixed(found['q1'], 1)} to {fixed(found['q3'], 1)}"
                    if np.isfinite(found["median"])
                    else fixed(None),
                    "Mean (SD)": f"{fixed(found['mean'])} ({fixed(found['standard_deviation'])})",
                }
            )
    return Table(
        "table_questionnaire_scales",
        "Scales of the questionnaire",
        pd.DataFrame(rows),
        pd.DataFrame(text),
        "Medians and quartiles use only the order of the points; mean and standard deviation (SD)"
        " take the steps between them as equal. n: participants who answered.",
        text_columns=2,
    )


def _figures(counts: pd.DataFrame, scales: list[Question]) -> list[Illustration]:
    """One figure for all scales with the same number of points; none without any answer."""
    found = []
    for n_points in dict.fromkeys(len(question.options) for question in scales):
        names = [question.name for question in scales if len(question.options) == n_points]
        own = counts[counts["question"].isin(names)]
        if not own["n_given"].any():
            continue
        caption = f"Answers on scales of {n_points} points: shares of those who answered."
        found.append(
            Illustration(
                f"figure_scales_{n_points}",
                caption,
                f"{caption} The table of answers has the shares.",
                scale_bars(own, [str(point) for point in range(1, n_points + 1)]),
            )
        )
    return found
