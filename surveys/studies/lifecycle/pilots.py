"""Pilots: the same protocol, taken by people or bots whose data are no part of the study.

A pilot is a survey of its own, with its own participants, numbers and ledger, so that nothing that
is counted, exported or analysed of the study can have a pilot's data in it.
"""

from django.db import transaction
from django.db.models import Max

from accounts.audit.record import Action, Actor, record
from surveys.errors import StatusError
from surveys.models import Condition, Survey
from surveys.studies.item_drops import copy_drops
from surveys.studies.lifecycle.publishing import open_survey
from surveys.studies.protocols.slugs import free_slug


@transaction.atomic
def start_pilot(survey: Survey, actor: Actor) -> Survey:
    """An open pilot of the survey's protocol as it stands; every pilot is a new one.

    Raises StatusError for a pilot of a pilot.
    """
    if survey.is_pilot:
        raise StatusError(f"{survey.slug!r} is a pilot; start a new one from its study.")
    study = Survey.objects.select_for_update().get(pk=survey.pk)
    number = (study.pilots.aggregate(last=Max("pilot_number"))["last"] or 0) + 1
    pilot = Survey.objects.create(
        slug=free_slug(study.slug, f"-pilot-{number}"),
        pilot_of=study,
        pilot_number=number,
        title=study.title,
        protocol_json=study.protocol_json,
        protocol_toml=study.protocol_toml,
        protocol_sha256=study.protocol_sha256,
        stimulus_set=study.stimulus_set,
        seed=study.seed,
    )
    copy_drops(survey, pilot)
    Condition.objects.bulk_create(
        Condition(survey=pilot, name=arm.name, position=arm.position, ratio=arm.ratio)
        for arm in study.conditions.all()
    )
    open_survey(pilot, actor)
    record(actor, Action.PILOT_STARTED, study, pilot=pilot.slug)
    return pilot
