"""Compares Prolific's submissions with our participants: who is complete, here and there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from surveys.export.rows.cells import participant_id
from surveys.models import PanelIdentity, Participant, Survey
from surveys.participation.flow import outcome_of
from surveys.participation.leaving.outcomes import Outcome, completion_code
from surveys.participation.leaving.withdrawal import WITHDRAWN_ID, hashed_panel_id
from surveys.recruiting.prolific.api import Submission
from surveys.studies.protocols.versions import know_protocol, protocols_by_version

# Ways to end with every question answered.
ANSWERED = (Outcome.COMPLETE, Outcome.FAILED_CHECKS)
UNDER_WAY = ("RESERVED", "ACTIVE")
SUBMITTED = ("AWAITING REVIEW", "APPROVED", "PARTIALLY APPROVED", "SCREENED OUT")
GIVEN_UP = {"RETURNED": "returned", "TIMED OUT": "timed_out"}
# What is counted, not listed.
AGREE, WAITING, WITHDREW, NEVER_HERE = "agree", "waiting", "withdrew", "never_here"
# What is listed: the name of the group -> its heading, and what to do.
GROUPS = {
    "returned": (
        "Returned on Prolific, unfinished here",
        "They will not be paid. Their places can be given back.",
    ),
    "timed_out": (
        "Timed out on Prolific, unfinished here",
        "Their time on Prolific is over. Their places can be given back.",
    ),
    "only_there": (
        "Complete on Prolific, not here",
        "Look at what they answered before you approve.",
    ),
    "only_here": (
        "Complete here, not on Prolific",
        "They answered everything, so pay them: ask for the code in a message on Prolific.",
    ),
    "other_code": (
        "Another ending on Prolific than here",
        "They entered the code of another ending than theirs.",
    ),
    "rejected": (
        "Rejected on Prolific",
        "Nothing changes here. If their answers should not count, exclude them with a reason.",
    ),
    "unknown": ("With a status that Foresee does not know", "Look at them on Prolific."),
}


@dataclass(frozen=True)
class Row:
    """A submission and the participant it belongs to; one of them may be missing."""

    submission: Submission | None
    participant: Participant | None
    outcome: Outcome | None

    @property
    def name(self) -> str:
        """The participant's name in exports; empty without one."""
        return participant_id(self.participant.token) if self.participant else ""

    @property
    def ending(self) -> str:
        """How the visit ended here, in words."""
        return self.outcome.replace("_", " ") if self.outcome else "no record"


@dataclass(frozen=True)
class Group:
    """Rows about which something is to be done."""

    name: str
    rows: list[Row] = field(default_factory=list)

    @property
    def heading(self) -> str:
        return GROUPS[self.name][0]

    @property
    def advice(self) -> str:
        return GROUPS[self.name][1]


@dataclass(frozen=True)
class Comparison:
    """All submissions, each in one group or one count."""

    n_submissions: int
    groups: list[Group]
    counts: dict[str, int]

    @property
    def to_give_back(self) -> list[Row]:
        """Those who gave up on Prolific and may take a place here."""
        groups = [group for group in self.groups if group.name in GIVEN_UP.values()]
        return [row for group in groups for row in group.rows]


def compare(survey: Survey, study_id: str, submissions: list[Submission]) -> Comparison:
    """Compare the submissions of one study on Prolific with everybody here who came from it."""
    protocols = protocols_by_version(survey)
    known = PanelIdentity.objects.filter(survey=survey).select_related("participant")
    people = {identity.panel_id: identity for identity in known}
    meant = {
        completion_code(protocol, outcome): outcome
        for protocol in (*protocols.values(), survey.protocol)
        for outcome in Outcome
    }
    found: dict[str, list[Row]] = {}
    for submission in _one_each(submissions):
        identity = people.pop(submission.participant_id, None)
        person = identity.participant if identity else None
        ours = outcome_of(person, know_protocol(person, survey, protocols)) if person else None
        if hashed_panel_id(survey.pk, submission.participant_id) in people:
            group = WITHDREW
        else:
            group = _group_of(submission, ours, meant.get(submission.code or "-"))
        found.setdefault(group, []).append(Row(submission, person, ours))
    for person in _without_submission(people.values(), study_id):
        ours = outcome_of(person, know_protocol(person, survey, protocols))
        if ours in ANSWERED:
            found.setdefault("only_here", []).append(Row(None, person, ours))
    return Comparison(
        n_submissions=len(submissions),
        groups=[Group(name, found[name]) for name in GROUPS if name in found],
        counts={name: len(found.get(name, [])) for name in (AGREE, WAITING, WITHDREW, NEVER_HERE)},
    )


def _one_each(submissions: list[Submission]) -> Iterable[Submission]:
    """Of somebody who began several times, the submission that came furthest."""
    rank = {status: number for number, status in enumerate((*UNDER_WAY, *SUBMITTED), start=1)}
    furthest: dict[str, Submission] = {}
    for row in submissions:
        other = furthest.get(row.participant_id)
        if other is None or rank.get(row.status, 0) >= rank.get(other.status, 0):
            furthest[row.participant_id] = row
    return furthest.values()


def _group_of(submission: Submission, ours: Outcome | None, theirs: Outcome | None) -> str:
    """Return the group or count of a submission: our outcome, and the one its code stands for."""
    status, is_answered = submission.status, ours in ANSWERED
    if status == "REJECTED":
        return "rejected" if ours else NEVER_HERE
    if status in UNDER_WAY:
        return "only_here" if is_answered else WAITING
    if status in GIVEN_UP:
        if ours is None:
            return NEVER_HERE
        if is_answered:
            return "only_here"
        return GIVEN_UP[status] if ours is Outcome.UNFINISHED else AGREE
    if status not in SUBMITTED:
        return "unknown"
    # Without a code that we know, Prolific's participant says at least that they are done.
    said = theirs or (Outcome.SCREENED_OUT if status == "SCREENED OUT" else Outcome.COMPLETE)
    if said in ANSWERED and not is_answered:
        return "only_there"
    is_other = ours is not None and said != ours and (theirs is not None or not is_answered)
    return "other_code" if is_other else AGREE


def _without_submission(left: Iterable[PanelIdentity], study_id: str) -> Iterator[Participant]:
    """People from this study on Prolific of whom Prolific lists nothing; others are left out."""
    for identity in left:
        person = identity.participant
        is_withdrawn = identity.panel_id.startswith(WITHDRAWN_ID)
        if not person.simulated and not is_withdrawn and identity.study_id in ("", study_id):
            yield person
