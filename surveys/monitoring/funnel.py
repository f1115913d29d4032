"""How many participants left each page of the survey for the next one."""

from dataclasses import dataclass

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
    """Every page in its order. Participants who withdrew are counted up to the assignment only."""
    rows = [FunnelRow("First page", survey.arrivals, float(survey.arrivals > 0), 0)]
    for name, stage in heads.stages.items():
        reached, before = heads.count(name), rows[-1].reached
        share = min(reached / rows[0].reached, 1.0) if rows[0].reached else 0.0
        lost = max(before - reached, 0)
        rows.append(FunnelRow(stage.label, reached, share, lost, stage.is_main))
    return rows
