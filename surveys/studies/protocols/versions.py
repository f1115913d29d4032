"""Freezes protocols: what participants were given can be read again, whatever came after."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from django.utils import timezone

from accounts.audit.record import Actor
from surveys.errors import ExportError
from surveys.models import Participant, ProtocolVersion, Survey
from surveys.protocol.reader import parse_protocol
from surveys.protocol.schema import Protocol, protocol_sha256
from toml_files.editing import set_value


def freeze(survey: Survey, actor: Actor) -> ProtocolVersion:
    """The version that is the survey's protocol as it stands, made once however often asked for.

    New participants are given this version. To be called within a transaction that holds
    the survey's row.
    """
    current = survey.version
    if current is not None and current.sha256 == survey.protocol_sha256:
        return current
    version = ProtocolVersion.objects.create(
        survey=survey,
        number=survey.versions.count() + 1,
        sha256=survey.protocol_sha256,
        protocol_json=survey.protocol_json,
        toml=survey.protocol_toml,
        stimulus_set=survey.stimulus_set,
        at=timezone.now(),
        by=actor if isinstance(actor, str) else actor.get_username(),
    )
    Survey.objects.filter(pk=survey.pk).update(version=version)
    survey.version = version
    return version


def protocols_by_version(survey: Survey) -> dict[int | None, Protocol]:
    """Version id -> its protocol; None for participants enrolled before versions existed."""
    protocols = {version.pk: version.protocol for version in survey.versions.all()}
    return {None: survey.protocol, **protocols}


def know_protocol(
    participant: Participant, survey: Survey, protocols: Mapping[int | None, Protocol]
) -> Protocol:
    """Return the participant's protocol, and have the participant know it without a query."""
    participant.survey = survey
    participant.protocol = protocols[participant.version_id]
    return participant.protocol


def export_protocol(survey: Survey, version: ProtocolVersion | None = None) -> str:
    """The protocol as it was loaded, comments and all, with its stimulus set named by content.

    Of a version, what participants were given; without one, what the survey holds now. Raises
    ExportError when the stored text does not give the stored hash.
    """
    stored = version or survey
    toml = version.toml if version else survey.protocol_toml
    digest = version.sha256 if version else survey.protocol_sha256
    content = stored.stimulus_set.content_sha256
    slug = str(stored.protocol_json["slug"])
    text = set_value(set_value(toml, "slug", value=slug), "stimulus_set", value=content)
    found = protocol_sha256(replace(parse_protocol(text, slug), stimulus_set=content))
    if found != digest:
        raise ExportError(
            f"The stored text of {slug!r} gives the hash {found[:16]} instead of {digest[:16]}; "
            "the database was changed by other means, so restore it from a backup."
        )
    return text


def write_protocol(survey: Survey, out: Path) -> None:
    """Write the protocol to a new file, completely or not at all."""
    text = export_protocol(survey)
    write_new_file(out, text)


def write_new_file(out: Path, text: str) -> None:
    if out.exists():
        raise ExportError(f"{out} exists already; choose another --out.")
    scratch = out.with_name(f".{out.name}-new")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        scratch.write_text(text, encoding="utf-8")
        scratch.rename(out)
    except OSError as error:
        raise ExportError(
            f"{out} cannot be written ({error.strerror}); choose another --out."
        ) from error
    finally:
        scratch.unlink(missing_ok=True)
