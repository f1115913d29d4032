"""How many questions each participant of a study is asked."""

from collections import Counter

from surveys.models import Survey
from surveys.protocol.design.sizes import n_asked
from surveys.studies.item_drops import find_drops


def n_questions_of(survey: Survey) -> int:
    """Return it without attention checks and repeated questions, from the set's manifest."""
    manifest = survey.stimulus_set.manifest
    dropped = {drop.item.name for drop in find_drops(survey).values()}
    strata = Counter(row["stratum"] for row in manifest["items"] if row["name"] not in dropped)
    return n_asked(survey.protocol, strata, len(manifest["examples"]))
