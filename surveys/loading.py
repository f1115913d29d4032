"""Takes a protocol file and its stimulus set into the database."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from accounts.audit import COMMAND_LINE, Action, Actor, record
from pv_engine.manifests import read_manifest
from pv_engine.models import StimulusSet
from pv_engine.stimulus_sets import load_stimulus_set
from surveys.errors import LoadError, ProtocolError
from surveys.localise import wording
from surveys.membership import give_role, role_of
from surveys.models import Condition, Role, Survey
from surveys.protocol import CANT_TELL, NO_EXPLANATION, Protocol
from surveys.protocol_file import read_protocol


@transaction.atomic
def load_study(
    file: Path, slug: str = "", actor: Actor = COMMAND_LINE, owner: User | None = None
) -> tuple[Survey, bool]:
    """The survey of a protocol file, and whether anything was changed by loading it.

    `slug` loads it under another address than the file's, for a rehearsal beside the real survey.
    A new study belongs to the researcher who loads it; an existing one is changed by its editors
    only. From the command line, `owner` becomes an owner; without one, only superusers see it.

    Everything is checked before anything is stored. Raises ProtocolError or the engine's DataError
    for what is wrong in the files, LoadError when an opened survey would change.
    """
    protocol, text = read_protocol(file, slug)
    folder = (file.parent / protocol.stimulus_set).resolve()
    manifest = read_manifest(folder)
    _check_stimuli(file, protocol, manifest)
    frozen = replace(protocol, stimulus_set=manifest["content_sha256"])
    digest = protocol_sha256(frozen)
    stored = Survey.objects.select_for_update().filter(slug=protocol.slug).first()
    if isinstance(actor, User):
        owner = _owner_of_upload(actor, stored, protocol.slug)
    if stored is not None and stored.protocol_sha256 == digest:
        _give_to(owner, stored, actor)
        return stored, False
    if stored is not None and stored.opened_at is not None:
        raise LoadError(
            f"The survey {protocol.slug!r} has been opened, so its protocol may not change; "
            "load the changed protocol under another slug."
        )
    survey = _store(frozen, digest, text, load_stimulus_set(folder))
    action = Action.SURVEY_LOADED if stored is None else Action.SURVEY_CHANGED
    record(actor, action, survey, protocol_sha256=digest)
    _give_to(owner, survey, actor)
    return survey, True


def _owner_of_upload(actor: User, stored: Survey | None, slug: str) -> User | None:
    """Who loads a new study; nobody new for one that is there, which must be theirs to edit."""
    if stored is None:
        return actor
    role = role_of(actor, stored)
    if role is None or not role.includes(Role.EDITOR):
        raise LoadError(
            f"The slug {slug!r} belongs to a study that you may not edit; choose another slug."
        )
    return None


def _give_to(owner: User | None, survey: Survey, actor: Actor) -> None:
    if owner is not None:
        give_role(survey, owner, Role.OWNER, actor)


def protocol_sha256(protocol: Protocol) -> str:
    """SHA-256 of the protocol's canonical JSON, which names the stimulus set by its content."""
    canonical = json.dumps(protocol.as_json(), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _check_stimuli(file: Path, protocol: Protocol, manifest: dict[str, Any]) -> None:
    rendered = manifest["conditions"]
    for arm in protocol.conditions:
        if arm.name not in (*rendered, NO_EXPLANATION):
            raise ProtocolError(
                f"{file}: the condition {arm.name!r} is not in the stimulus set; "
                f"it has {', '.join(rendered)}."
            )
    _check_counts(file, protocol, manifest)
    unknown = sorted(set(protocol.labels) - set(manifest["classes"]))
    if unknown:
        raise ProtocolError(
            f"{file}: labels.{unknown[0]} is no class of the stimulus set; "
            f"it has {', '.join(manifest['classes'])}."
        )
    if CANT_TELL in manifest["classes"]:
        raise ProtocolError(
            f"{file}: the stimulus set has a class named {CANT_TELL!r}, which stands for "
            "“I just can’t tell”; rename the class."
        )


def _check_counts(file: Path, protocol: Protocol, manifest: dict[str, Any]) -> None:
    """The stimulus set has as many items and examples as the protocol asks for."""
    n_items, n_examples = len(manifest["items"]), len(manifest["examples"])
    after = protocol.checks.attention_after
    limits = (
        ("practice", protocol.practice, n_examples, f"has {n_examples} examples"),
        ("checks.repeats", protocol.checks.repeats, n_items // 2, f"has {n_items} items"),
        ("checks.attention_after", max(after, default=0), n_items, f"has {n_items} items"),
        ("checks.attention_after", bool(after), n_examples, "has no examples to ask about"),
    )
    for key, asked, limit, reason in limits:
        if asked > limit:
            raise ProtocolError(
                f"{file}: {key} must be at most {limit}, since the stimulus set {reason}, "
                f"but is {int(asked)}."
            )


def _store(protocol: Protocol, digest: str, text: str, stimulus_set: StimulusSet) -> Survey:
    survey, _ = Survey.objects.update_or_create(
        slug=protocol.slug,
        defaults={
            "title": wording(protocol.title, protocol.languages[0]),
            "protocol": protocol.as_json(),
            "protocol_toml": text,
            "protocol_sha256": digest,
            "stimulus_set": stimulus_set,
            "seed": protocol.seed,
        },
    )
    survey.conditions.all().delete()
    Condition.objects.bulk_create(
        Condition(survey=survey, name=arm.name, position=position, ratio=arm.ratio)
        for position, arm in enumerate(protocol.conditions, start=1)
    )
    return survey
