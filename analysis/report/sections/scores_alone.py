"""What a report of scores alone cannot say, since nobody gave it more than counts."""

from analysis.data.labels import condition_label, listed
from analysis.data.schema import ALL
from analysis.data.scores import conditions_of, scores_of
from analysis.data.study_data import StudyData
from analysis.report.numbers import count
from analysis.report.section import Section

UNKNOWN = (
    "Known of each participant are the condition and how many predictions they named in each"
    " stratum, and nothing else. So this report cannot say who arrived, dropped out or was"
    " excluded, how participants were recruited and assigned to conditions, which images and"
    " options they saw and in which order, which wrong answers they gave, and how long they took."
    " It has no flow of participants, no test of dropout, no estimate for other images than these,"
    " no check of careless answers and no analysis of response bias; and whether all participants"
    " saw the same images, or one image was much easier than the others, cannot be checked."
)


def scores_alone_sections(study: StudyData) -> list[Section]:
    """One section, or none where participants are known."""
    if study.participants is not None:
        return []
    title = "What scores alone cannot say"
    return [Section(title=title, paragraphs=[UNKNOWN, *_sizes(study)])]


def _sizes(study: StudyData) -> list[str]:
    """That nobody knows why conditions differ in size, if they do."""
    sizes = {name: len(scores_of(study.scores, name, ALL)) for name in conditions_of(study.scores)}
    if len(set(sizes.values())) < 2:
        return []
    named = listed([f"{condition_label(name)} {count(n)}" for name, n in sizes.items()])
    return [
        f"The conditions differ in size ({named}); whether by plan, by chance or by dropout, the"
        " scores do not say. If participants dropped out of one condition more often, those who"
        " are left may differ between conditions for that reason alone."
    ]
