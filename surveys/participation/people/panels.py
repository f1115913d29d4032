"""Recognises people whom a panel sends, by the parameters in the panel's link."""

from dataclasses import replace

from django.http import HttpRequest

from surveys.models import Participant, Survey
from surveys.participation.leaving.withdrawal import ids_of
from surveys.participation.people.identity import Visit, new_visit, visit_of

LONGEST_ID = 100
# What Mechanical Turk sends to a page in its frame (an ExternalQuestion): while a worker only looks
# at the task, and where the page would have to send the result.
MTURK_PREVIEW, MTURK_SUBMIT = "ASSIGNMENT_ID_NOT_AVAILABLE", "turkSubmitTo"
MTURK_FRAMES = ("https://worker.mturk.com", "https://workersandbox.mturk.com")


def is_in_mturks_frame(request: HttpRequest, survey: Survey) -> bool:
    """Whether Mechanical Turk shows the page in its frame, where our cookie is not kept."""
    panel, sent = survey.protocol.panel, request.GET
    is_framed = MTURK_SUBMIT in sent or sent.get(panel.parameters[2]) == MTURK_PREVIEW
    return panel.name == "mturk" and is_framed


def read_panel_ids(request: HttpRequest, survey: Survey) -> tuple[str, str, str]:
    """The ids of person, study and visit in the link; empty where there are none."""
    panel = survey.protocol.panel
    if not panel.name:
        return ("", "", "")
    person, study, session = (_clean(request.GET.get(name, "")) for name in panel.parameters)
    return person, study, session


def recognise(request: HttpRequest, survey: Survey, visit: Visit | None) -> Visit | None:
    """The visit of the participant whom the link names.

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
