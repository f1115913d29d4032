"""How many participants left each page of the survey for the next one."""

from dataclasses import dataclass

from surveys.models import Survey
from surveys.monitoring.charts import Part, bar
from surveys.monitoring.headcount import Headcount
from surveys.studies.item_drops import find_drops


@dataclass(frozen=True)
class FunnelStep:
    """One page and how many came past it."""

    label: str
    reached: int
    # Of those who opened the first page.
    share: float
    # Those who came past the page before, but not past this one.
    lost: int
    # Whether the step is one of the few that an overview shows.
    is_main: bool = True

    @property
    def bar(self) -> list[Part]:
        return bar([("main", round(1000 * self.share))], 1000)


def find_funnel(survey: Survey, heads: Headcount) -> list[FunnelStep]:
    """Every page in its order. Whoever withdrew is counted up to the assignment only."""
    steps: list[FunnelStep] = []
    for label, reached, is_main in _counts(survey, heads):
        before = steps[-1].reached if steps else reached
        start = steps[0].reached if steps else reached
        share = min(reached / start, 1.0) if start else 0.0
        steps.append(FunnelStep(label, reached, share, max(before - reached, 0), is_main))
    return steps


def _counts(survey: Survey, heads: Headcount) -> list[tuple[str, int, bool]]:
    """Label, how many came past it, and whether it is a main step."""
    protocol = survey.texts
    rows = [
        ("First page", survey.arrivals, True),
        ("Consent", heads.count("people"), True),
    ]
    if protocol.comprehension.questions:
        rows.append(("Comprehension check", heads.count("understood"), True))
    rows.append(("Assignment", heads.count("assigned"), True))
    rows.append(("Introduction", heads.count("introduced"), True))
    if protocol.practice:
        rows.append(("Practice", heads.count("practised"), True))
    rows += _trials(survey, heads)
    for page, section in enumerate(protocol.questionnaire, start=1):
        label = f"Questionnaire page {page}" if len(protocol.questionnaire) > 1 else "Questionnaire"
        rows.append((label, heads.count(f"page_{page}"), bool(section.questions)))
    if protocol.texts.debriefing:
        rows.append(("Debriefing", heads.count("debriefed"), True))
    return rows


def _trials(survey: Survey, heads: Headcount) -> list[tuple[str, int, bool]]:
    checks = survey.texts.checks
    n_trials = len(survey.stimulus_set.manifest["items"]) - len(find_drops(survey))
    n_trials += len(checks.attention_after) + checks.repeats
    # The first, every quarter and the last one are enough to see where people leave.
    main = {1, n_trials, *(round(n_trials * quarter / 4) for quarter in (1, 2, 3))}
    return [
        (f"Question {n} of {n_trials}", heads.answered(n), n in main)
        for n in range(1, n_trials + 1)
    ]
