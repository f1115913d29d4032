"""python manage.py verify_audit: is the audit log as it was written?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.audit.chain import find_tampering
from accounts.models import AuditHead


class Command(BaseCommand):
    help = "Check the chain of the audit log; the exit status is 1 when it is broken."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = find_tampering()
        if problems:
            raise CommandError(" ".join(problems))
        head = AuditHead.objects.filter(pk=AuditHead.ONLY).first() or AuditHead()
        self.stdout.write(f"The audit log is whole: {head.count} entries, ending {head.digest}.")
