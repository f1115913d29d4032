"""python manage.py verify_audit: check that the audit log is as it was written."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.audit.chain import find_tampering
from accounts.models import AuditHead


class Command(BaseCommand):
    help = "Check the chain of the audit log; exit status 1 if it is broken."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = find_tampering()
        if problems:
            raise CommandError(" ".join(problems))
        head = AuditHead.objects.filter(pk=AuditHead.ONLY).first() or AuditHead()
        self.stdout.write(f"The audit log is intact: {head.count} entries, ending {head.digest}.")
