"""Where a participant of a study in blocks stands between two questions, and what comes there."""

from collections.abc import Sequence
from dataclasses import dataclass

from surveys.models import Participant, Trial
from surveys.protocol.design.blocks import Block


@dataclass(frozen=True)
class Standing:
    """The question answered last and the next one; None before the first and after the last."""

    before: Trial | None = None
    after: Trial | None = None

    @property
    def ends_block(self) -> bool:
        """Whether the question answered last was the last one of its block."""
        return self.before is not None and (
            self.after is None or self.after.block != self.before.block
        )

    @property
    def begins_block(self) -> bool:
        """Whether the next question is the first one of its block."""
        return self.after is not None and (
            self.before is None or self.before.block != self.after.block
        )


def standing_of(participant: Participant) -> Standing:
    """Return it, in one query, which is asked once for each question."""
    if participant.introduced_at is None or not participant.protocol.parts:
        return Standing()
    known = participant.standing
    if known is None or known[0] != participant.n_answered:
        note_standing(participant, _around(participant))
    found: Standing = participant.standing[1]  # type: ignore[index] # noted just now
    return found


def note_standing(participant: Participant, trials: Sequence[Trial]) -> None:
    """Keep what is known of the trials around the participant's place."""
    n = participant.n_answered
    by_position = {trial.position: trial for trial in trials}
    participant.standing = (n, Standing(by_position.get(n), by_position.get(n + 1)))


def block_of(participant: Participant, trial: Trial) -> Block | None:
    """Return the trial's block; None in a study without blocks."""
    return next((part for part in participant.protocol.parts if part.name == trial.block), None)


def kept_blocks(participant: Participant, trial: Trial) -> list[str]:
    """Return the names of the blocks before the trial's that are kept at hand."""
    parts = participant.protocol.parts
    names = [part.name for part in parts]
    before = parts[: names.index(trial.block)] if trial.block in names else ()
    return [part.name for part in before if part.keep_at_hand]


def _around(participant: Participant) -> list[Trial]:
    n = participant.n_answered
    if participant.rehearsed_trials is not None:
        return list(participant.rehearsed_trials[max(0, n - 1) : n + 1])
    return list(Trial.objects.filter(participant=participant, position__in=(n, n + 1)).order_by())
