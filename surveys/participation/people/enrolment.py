"""Makes participants of visitors who agree, and counts those who come or decline."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from surveys.models import Event, PanelIdentity, Participant, Survey
from surveys.participation.leaving.withdrawal import hashed_panel_id, ids_of
from surveys.participation.people.assignment import places_taken
from surveys.participation.people.identity import Visit
from surveys.protocol.wording import consent_version
from surveys.studies.lifecycle import stopping

Kind = Event.Kind


def count_arrival(survey: Survey) -> None:
    Survey.objects.filter(pk=survey.pk).update(arrivals=F("arrivals") + 1)


def count_refusal(survey: Survey) -> None:
    """Count a visitor who does not agree; nothing else about them is stored."""
    Survey.objects.filter(pk=survey.pk).update(declined=F("declined") + 1)


def consent(survey: Survey, visit: Visit) -> Participant | None:
    """The participant that the visitor becomes, once however often the form is sent.

    None where the survey takes nobody new.
    """
    try:
        with transaction.atomic():
            return _enrol(survey, visit, timezone.now())
    except IntegrityError:
        # The form was sent twice at once, or the same panel member agreed in two browsers; the
        # other request has enrolled this person.
        enrolled = find_enrolled(survey, visit)
        if enrolled is None:
            raise
        return enrolled


def find_enrolled(survey: Survey, visit: Visit) -> Participant | None:
    """The participant that this visitor is already, by cookie or by panel id."""
    everybody = Participant.objects.filter(survey=survey)
    found = everybody.filter(token=visit.token).first()
    if found is None and visit.panel_id:
        ids = ids_of(survey.pk, visit.panel_id)
        found = everybody.filter(panel_identity__panel_id__in=ids).first()
    return found


def _enrol(survey: Survey, visit: Visit, now: datetime) -> Participant | None:
    # Closing the survey and enrolling wait for each other: the update takes the survey's row.
    still_open = Survey.objects.filter(pk=survey.pk, status=Survey.Status.OPEN)
    if visit.panel_id:
        # They may have withdrawn in another browser while this page was open.
        hashed = hashed_panel_id(survey.pk, visit.panel_id)
        still_open = still_open.exclude(panel_identities__panel_id=hashed)
    is_new = int(not visit.has_arrived)
    if not still_open.update(arrivals=F("arrivals") + is_new):
        return find_enrolled(survey, visit)
    if stopping.takes_nobody_new(survey):
        return None
    protocol = survey.protocol
    participant = Participant.objects.create(
        survey=survey,
        version_id=survey.version_id,
        token=visit.token,
        simulated=visit.simulated,
        language=visit.language or protocol.languages[0],
        consent_version=consent_version(protocol, visit.language),
        arrived_at=min(visit.arrived_at, now),
        consented_at=now,
        last_active_at=now,
    )
    if visit.panel_id and protocol.panel.name:
        PanelIdentity.objects.create(
            participant=participant,
            survey=survey,
            panel_id=visit.panel_id,
            study_id=visit.study_id,
            session_id=visit.session_id,
        )
    Event.objects.bulk_create(
        [
            Event(participant=participant, kind=Kind.ARRIVAL, at=participant.arrived_at),
            Event(
                participant=participant,
                kind=Kind.CONSENT,
                at=now,
                detail=participant.consent_version,
            ),
        ]
    )
    return participant


def is_full(survey: Survey) -> bool:
    places = survey.protocol.assignment.places
    return places > 0 and places_taken(survey, survey.protocol) >= places
