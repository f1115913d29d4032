"""The input of an analysis: the frames of one study, and their source."""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.data.checksums import file_sha256
from analysis.data.designs import Design
from analysis.data.ids import is_one_of
from analysis.data.pictures import ShownItem
from analysis.data.protocol_versions import ProtocolVersion
from analysis.data.schema import FAILED_CHECKS, TURNED_AWAY
from analysis.data.scores import conditions_of, read_scores, score_trials
from analysis.data.screens import Screens
from analysis.errors import DataError


@dataclass(frozen=True)
class StudyData:
    """One study. `trials` and `participants` are None where only scores are known."""

    title: str
    # Long scores of the participants who are analysed, columns `schema.SCORE_COLUMNS`.
    scores: pd.DataFrame
    participants: pd.DataFrame | None = None
    trials: pd.DataFrame | None = None
    # Questions that were asked again: participant_id, item, response; None where none were.
    repeats: pd.DataFrame | None = None
    # Answers to the questionnaire: participant_id, question, answer; None where none are known.
    questionnaire: pd.DataFrame | None = None
    # What was typed in trials: participant_id, trial_index, question, text; None for nothing.
    text_answers: pd.DataFrame | None = None
    # Item -> its images as (kind, data URI); empty where only tables are known.
    pictures: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    # The item whose trials the report draws, with all its pictures; None where none are known.
    shown_item: ShownItem | None = None
    # Screenshots of its questions; None where none were asked for, as in exports of version 0.2.
    screens: Screens | None = None
    # The protocol's [analysis] section, which `plan.reader.declared_plan` reads; None where no plan
    # was declared before the data were seen.
    analysis_section: Any = None
    # The protocol's [task] section; empty where every trial asks for the model's prediction.
    task: dict[str, Any] = field(default_factory=dict)
    # The protocol in force, section by section; empty where none is known.
    protocol: dict[str, Any] = field(default_factory=dict)
    # The versions of it that participants were given; empty where none are known.
    versions: tuple[ProtocolVersion, ...] = ()
    # What the stimulus set's manifest says of networks, measures and choice; empty where unknown.
    stimuli: dict[str, Any] = field(default_factory=dict)
    # Participants whom the team excluded by hand -> its reason.
    exclusion_reasons: dict[str, str] = field(default_factory=dict)
    # Which conditions and blocks the same participants see.
    design: Design = field(default_factory=Design)
    # Differences between its tables and those that were exported, one sentence each.
    edits: tuple[str, ...] = ()
    # What the report prints about the source: file names, hashes of data and protocol.
    provenance: dict[str, str] = field(default_factory=dict)

    @cached_property
    def analysed(self) -> frozenset[str]:
        """Ids of the participants in the analysis."""
        return frozenset(self.scores["participant_id"].unique())

    @cached_property
    def n_simulated(self) -> int:
        """Simulated participants among those analysed."""
        if self.participants is None:
            return 0
        analysed = is_one_of(self.participants["participant_id"], self.analysed)
        return int((analysed & (self.participants["simulated"] == 1)).sum())

    @property
    def simulated_by_condition(self) -> dict[str, int]:
        """Simulated participants among those analysed, by condition; empty where unknown."""
        if self.participants is None:
            return {}
        if self.design.has_blocks and self.trials is not None:
            return self._simulated_by_shown_condition(self.trials)
        analysed = is_one_of(self.participants["participant_id"], self.analysed)
        simulated = self.participants[analysed & (self.participants["simulated"] == 1)]
        counts = simulated["condition"].astype("str").value_counts()
        return {str(name): int(n) for name, n in counts.items()}

    def _simulated_by_shown_condition(self, trials: pd.DataFrame) -> dict[str, int]:
        """A participant counts in every condition that they saw."""
        analysed = is_one_of(trials["participant_id"], self.analysed)
        bots = trials[analysed & (trials["simulated"] == 1)].astype({"condition": str})
        seen = bots.drop_duplicates(["participant_id", "condition"])["condition"].value_counts()
        return {str(name): int(n) for name, n in seen.items()}

    @property
    def n_simulated_not_analysed(self) -> int:
        """Simulated participants who are in the flow but not analysed."""
        if self.participants is None:
            return 0
        return int((self.participants["simulated"] == 1).sum()) - self.n_simulated

    @property
    def conditions(self) -> list[str]:
        """Conditions with a score or with a participant, in alphabetical order."""
        if self.participants is None or self.design.has_blocks:
            # What participants of a study in blocks are assigned to need not be a condition.
            assigned = set()
        else:
            assigned = set(self.participants["condition"])
        known = {str(name) for name in assigned if not pd.isna(name)}
        return sorted(known | set(conditions_of(self.scores)))

    @property
    def n_participants(self) -> int:
        return int(self.scores["participant_id"].nunique())


def from_scores_file(path: Path | str, conditions: Collection[str] = ()) -> StudyData:
    """Return a study of which only the scores are known; raise DataError as `read_scores`."""
    path = Path(path)
    scores = read_scores(path, conditions)
    provenance = {"source": path.name, "scores SHA-256": file_sha256(path)}
    return require_answers(
        StudyData(path.stem.replace("_", " ").capitalize(), scores, provenance=provenance)
    )


def from_frames(
    title: str,
    participants: pd.DataFrame,
    trials: pd.DataFrame,
    provenance: dict[str, str] | None = None,
) -> StudyData:
    """Return a study from its participants and trials; scores are of those who finished."""
    if FAILED_CHECKS not in participants:
        participants = participants.assign(**{FAILED_CHECKS: 0})
    finished = finished_participants(participants)
    if finished.empty:
        raise DataError(
            f"{title}: none of {len(participants)} participants has finished; results need"
            " participants who finished."
        )
    scores = score_trials(
        trials[is_one_of(trials["participant_id"], set(finished["participant_id"]))]
    )
    if scores.empty:
        raise DataError(f"{title}: no trial of a finished participant has an answer.")
    return StudyData(title, scores, participants, trials, provenance=provenance or {})


def analysed_trials(study: StudyData, trials: pd.DataFrame) -> pd.DataFrame:
    """Return the trials of the analysed participants."""
    return trials[is_one_of(trials["participant_id"], study.analysed)]


def finished_participants(participants: pd.DataFrame) -> pd.DataFrame:
    """Return the participants who finished and did not withdraw."""
    return participants[has_finished(participants)]


def has_finished(participants: pd.DataFrame) -> "pd.Series[bool]":
    """Return, for each participant, whether they finished and may be analysed."""
    dated = participants["finished_at"].fillna("").ne("")
    return dated & ~participants["status"].isin(TURNED_AWAY)


def require_answers(study: StudyData) -> StudyData:
    """Refuse data without answers."""
    if not conditions_of(study.scores):
        raise DataError(
            f"{study.title}: the data have no answers; results need participants who were asked"
            " about at least one image."
        )
    return study
