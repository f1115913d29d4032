"""The chain of the audit log: each entry's digest covers its content and the digest before it.

The digests are keyed with AUDIT_KEY, which is not in the database: write access to the database is
not enough to forge a history. A chain cannot show that the whole database was replaced by an
earlier copy.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import AuditEntry, AuditHead

CHUNK = 2000
# What a digest covers; exports of the log have the same columns.
COLUMNS = (
    "number",
    "at",
    "actor",
    "actor_id",
    "action",
    "subject_kind",
    "subject_id",
    "subject",
    "details_json",
)


def digest_of(entry: AuditEntry, previous: str) -> str:
    """Return the HMAC-SHA256, in hexadecimal, of the entry's content and the previous digest."""
    return _sign("entry", {"previous": previous, **content_of(entry)})


def seal_of(head: AuditHead) -> str:
    return _sign("head", {"count": head.count, "digest": head.digest})


def content_of(entry: AuditEntry) -> dict[str, Any]:
    content = {name: getattr(entry, name) for name in COLUMNS}
    return {**content, "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds")}


def _sign(purpose: str, content: dict[str, Any]) -> str:
    text = json.dumps([purpose, content], sort_keys=True, separators=(",", ":"))
    return hmac.new(settings.AUDIT_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def find_tampering() -> list[str]:
    """Return one sentence for each sign of tampering; none if the log is intact.

    The end of the log is locked meanwhile, so nothing is appended.
    """
    head = AuditHead.objects.select_for_update().filter(pk=AuditHead.ONLY).first() or AuditHead()
    return list(_find_breaks(head))


def _find_breaks(head: AuditHead) -> Iterator[str]:
    """Stop at the first break: nothing after it can be trusted."""
    previous, expected = "", 0
    for entry in AuditEntry.objects.order_by("number").iterator(CHUNK):
        expected += 1
        if entry.number != expected:
            yield f"Entry {expected} of the audit log is missing; the next one is {entry.number}."
            return
        if not hmac.compare_digest(entry.digest, digest_of(entry, previous)):
            yield (
                f"Entry {entry.number} of the audit log or an earlier one was changed after it "
                "was written, or AUDIT_KEY has changed since."
            )
            return
        previous = entry.digest
    if (head.count, head.digest) != (expected, previous):
        yield (f"The audit log should end with entry {head.count}, but its last one is {expected}.")
    elif expected and not hmac.compare_digest(head.seal, seal_of(head)):
        yield "The end of the audit log has no valid seal; entries may be missing."
