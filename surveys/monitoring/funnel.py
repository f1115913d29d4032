"""How many participants left each page of the survey for the next one."""

from dataclasses import dataclass
from itertools import accumulate

from surveys.models import Survey
from surveys.monitoring.charts import Part, bar
from surveys.monitoring.headcount import Headcount


@dataclass(frozen=True)
class FunnelRow:
    """One page and how many completed it."""

    label: str
    reached: int
    # Of those who opened the first page.
    share: float
    # Those who completed the page before, but not this one.
    lost: int
    # Whether the row is one of the few that an overview shows.
    is_main: bool = True

    @property
    def bar(self) -> list[Part]:
        return bar([("main", round(1000 * self.share))], 1000)


def find_funnel(survey: Survey, heads: Headcount) -> list[FunnelRow]:
    """Every page in its order. Participants who withdrew are counted up to the assignment only.

    Nobody comes to a page without those before it. So each was reached by at least as many as the
    next one, also where it came into the protocol when they had passed its place.
    """
    counts = [survey.arrivals, *(heads.count(name) for name in heads.stages)]
    reached = list(accumulate(reversed(counts), max))[::-1]
    first = reached[0]
    rows = [FunnelRow("Arrival", first, float(first > 0), 0)]
    for stage, before, here in zip(heads.stages.values(), reached, reached[1:], strict=False):
        share = here / first if first else 0.0
        rows.append(FunnelRow(stage.label, here, share, before - here, stage.is_main))
    return rows
