"""Freezes protocols: what participants were given can be read again, whatever came after."""

from django.utils import timezone

from accounts.audit.record import Actor
from surveys.models import ProtocolVersion, Survey
from surveys.protocol.schema import Protocol


def freeze(survey: Survey, actor: Actor) -> ProtocolVersion:
    """The version that is the survey's protocol as it stands, made once however often asked for.

    Whoever begins from now on is given this version. To be called within a transaction that holds
    the survey's row.
    """
    current = survey.version
    if current is not None and current.sha256 == survey.protocol_sha256:
        return current
    version = ProtocolVersion.objects.create(
        survey=survey,
        number=survey.versions.count() + 1,
        sha256=survey.protocol_sha256,
        protocol=survey.protocol,
        toml=survey.protocol_toml,
        stimulus_set=survey.stimulus_set,
        at=timezone.now(),
        by=actor if isinstance(actor, str) else actor.get_username(),
    )
    Survey.objects.filter(pk=survey.pk).update(version=version)
    survey.version = version
    return version


def protocols_by_version(survey: Survey) -> dict[int | None, Protocol]:
    """Version id -> its protocol; None for participants of before versions were kept."""
    protocols = {version.pk: version.texts for version in survey.versions.all()}
    return {None: survey.texts, **protocols}
