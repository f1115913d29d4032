"""System check of accounts: the audit log is intact."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError

from accounts.audit.chain import find_tampering


@register(Tags.database)
def audit_log_is_intact(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Check every entry; slow, so it runs only with `check --database default` and `migrate`."""
    if "default" not in (databases or ()) or not settings.STORED_AUDIT_KEY:
        return []
    try:
        problems = find_tampering()
    except DatabaseError:
        # Before the first migration there is no log.
        return []
    hint = "Compare with a backup; docs/accounts.md says what the log can and cannot show."
    return [Error(problem, hint=hint, id="accounts.E001") for problem in problems]
