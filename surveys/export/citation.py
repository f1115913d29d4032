"""Who made a data set, when, and on which terms, in the words of schema.org."""

from typing import Any

from django.db.models import Max, Min

from surveys.models import Survey
from surveys.protocol.about import About, Author

ORCID = "https://orcid.org/"
SPDX = "https://spdx.org/licenses/"


def citation_of(survey: Survey) -> dict[str, Any]:
    """Return the keys of a schema.org Dataset that `[study]` and the dates answer; no others."""
    about = survey.protocol.study
    found = {
        "creator": [person(author) for author in about.authors],
        "license": licence_address(about.data_licence),
        "funder": [{"@type": "Organization", "name": name} for name in about.funding],
        "citation": cited_as(survey, about),
        "temporalCoverage": _days(survey),
        "sameAs": about.registration,
    }
    return {key: value for key, value in found.items() if value}


def person(author: Author) -> dict[str, Any]:
    """Return an author as a schema.org Person."""
    place = author.institution and {"@type": "Organization", "name": author.institution}
    return {
        **({"@id": ORCID + author.orcid} if author.orcid else {}),
        "@type": "Person",
        "name": author.name,
        **({"affiliation": place} if place else {}),
    }


def licence_address(licence: str) -> str:
    """Return a licence as an address: that of the SPDX list where it is a name."""
    if not licence or "://" in licence or " " in licence:
        return licence
    return f"{SPDX}{licence}.html"


def cited_as(survey: Survey, about: About) -> str:
    """Return how to cite the data set; empty without authors."""
    if not about.authors:
        return ""
    names = "; ".join(author.name for author in about.authors)
    year = _days(survey)[:4]
    return f"{names}{f' ({year})' if year else ''}. {survey.title} [data set]."


def _days(survey: Survey) -> str:
    """First and last day of arrivals as an ISO 8601 interval; empty where nobody came."""
    ends = survey.participants.aggregate(first=Min("arrived_at"), last=Max("arrived_at"))
    if ends["first"] is None:
        return ""
    return f"{ends['first']:%Y-%m-%d}/{ends['last']:%Y-%m-%d}"
