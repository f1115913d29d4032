"""Tables for researchers' sessions, rate limits and the audit log."""

from accounts.models.append_only import AppendOnly, AppendOnlyModel
from accounts.models.audit import AuditEntry, AuditHead
from accounts.models.counter import Counter
from accounts.models.session import Session

__all__ = ["AppendOnly", "AppendOnlyModel", "AuditEntry", "AuditHead", "Counter", "Session"]
