"""Writes the audit log. Other apps call `record` for every change and every export.

    with transaction.atomic():
        ...change something...
        record(request.user, Action.SURVEY_OPENED, survey, seed=7)

Call it last in the transaction that makes the change, so that both are stored or neither. It locks
the end of the log until the transaction ends, so nothing slow may follow. Participants' requests
never call it; their actions are stored as events.
"""

import json
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone

from accounts.audit.chain import digest_of, seal_of
from accounts.models import AuditEntry, AuditHead
from accounts.models.actions import Action

__all__ = ["COMMAND_LINE", "NOBODY", "Action", "Actor", "record"]

Actor = AbstractBaseUser | AnonymousUser | str
# Actors without an account. They have spaces, which names of accounts cannot have.
COMMAND_LINE = "the command line"
NOBODY = "nobody signed in"


def record(actor: Actor, action: Action, subject: models.Model | str, **details: Any) -> AuditEntry:
    """Append one entry, in the caller's transaction if there is one.

    `actor` is a user or one of the names above. `subject` is the changed object or, where there is
    none, a description. `details` must be JSON-serialisable (dates included) and must not contain
    secrets or anything about a participant.
    """
    with transaction.atomic():
        head = _locked_head()
        entry = AuditEntry(
            number=head.count + 1,
            at=timezone.now(),
            action=str(action),
            details_json=json.dumps(details, cls=DjangoJSONEncoder, sort_keys=True),
            **_actor_fields(actor),
            **_subject_fields(subject),
        )
        entry.digest = digest_of(entry, head.digest)
        entry.save(force_insert=True)
        head.count, head.digest = entry.number, entry.digest
        head.seal = seal_of(head)
        head.save()
    return entry


def _locked_head() -> AuditHead:
    head, _ = AuditHead.objects.select_for_update().get_or_create(pk=AuditHead.ONLY)
    return head


def _actor_fields(actor: Actor) -> dict[str, Any]:
    if isinstance(actor, str):
        return {"actor": actor}
    if isinstance(actor, AnonymousUser):
        return {"actor": NOBODY}
    return {"actor": actor.get_username(), "actor_id": actor.pk}


def _subject_fields(subject: models.Model | str) -> dict[str, Any]:
    if isinstance(subject, str):
        return {"subject_kind": "other", "subject": subject[:200]}
    name = getattr(subject, "audit_name", None) or str(subject)
    return {
        "subject_kind": subject._meta.model_name,
        "subject_id": str(subject.pk),
        "subject": name[:200],
    }
