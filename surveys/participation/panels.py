"""Recognises people whom a panel sends, by the parameters in the panel's link."""

from dataclasses import replace

from django.http import HttpRequest

from surveys.models import Participant, Survey
from surveys.participation.identity import Visit, new_visit, visit_of
from surveys.participation.withdrawal import ids_of

LONGEST_ID = 100
# What Mechanical Turk sends while a worker only looks at the task.
MTURK_PREVIEW = "ASSIGNMENT_ID_NOT_AVAILABLE"


def is_preview(request: HttpRequest, survey: Survey) -> bool:
    panel = survey.texts.panel
    return panel.name == "mturk" and request.GET.get(panel.parameters[2]) == MTURK_PREVIEW


def read_panel_ids(request: HttpRequest, survey: Survey) -> tuple[str, str, str]:
    """The ids of person, study and visit in the link; empty where there are none."""
    panel = survey.texts.panel
    if not panel.name:
        return ("", "", "")
    person, study, session = (_clean(request.GET.get(name, "")) for name in panel.parameters)
    return person, study, session


def recognise(request: HttpRequest, survey: Survey, visit: Visit | None) -> Visit | None:
    """The visit of whoever the link names.

    The panel's id goes before the cookie: it brings a participant back in another browser, and
    keeps two people at one browser apart.
    """
    person, study, session = read_panel_ids(request, survey)
    if not person or (visit is not None and visit.panel_id == person):
        return visit
    fresh = replace(new_visit(simulated=False), panel_id=person, study_id=study, session_id=session)
    everybody = Participant.objects.filter(survey=survey)
    known = everybody.filter(panel_identity__panel_id__in=ids_of(survey.pk, person)).first()
    return fresh if known is None else visit_of(known, fresh)


def _clean(value: str) -> str:
    return value if len(value) <= LONGEST_ID and value.isprintable() else ""
