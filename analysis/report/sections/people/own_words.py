"""What participants wrote: counted here, and listed in a file of its own."""

import pandas as pd

from analysis.data.ids import is_one_of
from analysis.data.labels import condition_label
from analysis.data.questionnaire import TEXT
from analysis.data.schema import Row
from analysis.data.study_data import StudyData
from analysis.report.numbers import count
from analysis.report.section import Section
from analysis.report.sections.people.questionnaire import (
    answers_to,
    asked_questions,
    conditions_when_asked,
)
from analysis.report.tables import Table

FILE = "text_answers.csv"
COLUMNS = ["number", "condition", "question", "trial_index", "answer"]


def own_words_sections(study: StudyData, participants: pd.DataFrame) -> list[Section]:
    """One section with the number of texts, or none where nobody analysed wrote any."""
    texts = pd.concat([*_of_questionnaire(study, participants), *_of_trials(study, participants)])
    if texts.empty:
        return []
    numbers = participants.set_index("participant_id")["number"]
    listed = texts.assign(number=texts["participant_id"].map(numbers))
    listed = listed.sort_values("number", kind="stable")[COLUMNS].astype({"trial_index": "Int64"})
    table = _table(texts)
    n_people = texts["participant_id"].nunique()
    return [
        Section(
            title="Answers in participants’ own words",
            paragraphs=[
                f"{count(n_people)} of {count(study.n_participants)} analysed participants wrote"
                f" {count(len(texts))} answers, which are not printed here. The file {FILE} of the"
                " results lists them with the participant’s number and condition. They may name"
                " people or places: read them, and remove what identifies anybody, before you pass"
                " the file on."
            ],
            tables=[table],
            attachments={FILE: listed.to_csv(index=False, lineterminator="\n")},
            numbers={"text_answers": table.numbers.to_dict("records")},
        )
    ]


def _of_questionnaire(study: StudyData, participants: pd.DataFrame) -> list[pd.DataFrame]:
    found = [pd.DataFrame(columns=["participant_id", *COLUMNS[1:]])]
    for question in asked_questions(study):
        if question.kind != TEXT:
            continue
        conditions = conditions_when_asked(study, participants, question)
        answers = answers_to(study, question).reindex(conditions.index).dropna()
        frame = pd.DataFrame({"condition": conditions[answers.index], "answer": answers})
        found.append(frame.assign(question=question.name).reset_index(names="participant_id"))
    return found


def _of_trials(study: StudyData, participants: pd.DataFrame) -> list[pd.DataFrame]:
    if study.text_answers is None or study.trials is None:
        return []
    own = study.text_answers[is_one_of(study.text_answers["participant_id"], study.analysed)]
    keys = ["participant_id", "trial_index"]
    shown = study.trials[[*keys, "condition"]].astype({"participant_id": str, "condition": str})
    texts = own.merge(shown, "left", on=keys).rename(columns={"text": "answer"})
    # A trial about an example is in no table with a condition.
    groups = participants.set_index("participant_id")["condition"].astype(str)
    return [texts.fillna({"condition": texts["participant_id"].map(groups)})]


def _table(texts: pd.DataFrame) -> Table:
    groups = texts.groupby(["question", "condition"], sort=False)
    rows: list[Row] = [
        {
            "question": question,
            "condition": condition,
            "n_participants": part["participant_id"].nunique(),
            "n_answers": len(part),
        }
        for (question, condition), part in groups
    ]
    rows.sort(key=lambda row: row["condition"])
    numbers = pd.DataFrame(rows).sort_values("question", kind="stable")
    text = pd.DataFrame(
        {
            "Question": numbers["question"],
            "Condition": numbers["condition"].map(condition_label),
            "Participants": numbers["n_participants"].map(count),
            "Answers": numbers["n_answers"].map(count),
        }
    )
    return Table(
        "table_text_answers",
        "Answers in participants’ own words, by question",
        numbers,
        text,
        "The question’s name is that of the export.",
        text_columns=2,
    )
