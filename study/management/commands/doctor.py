"""python manage.py doctor: report what studies and builds lack on this machine, and the fix."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from study.probes.probe import all_probes

MARKS = {"ok": "ok", "note": "note", "missing": "MISSING"}


class Command(BaseCommand):
    help = "Report what is missing on this machine and how to fix it; exit status 1 if anything is."
    # The doctor itself reports wrong settings.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        missing = []
        for probe in all_probes():
            finding = probe.look()
            self.stdout.write(f"{MARKS[finding.state]:8} {probe.part:11} {finding.found}")
            if finding.remedy:
                self.stdout.write(f"{'':20} -> {finding.remedy}")
            if finding.state == "missing":
                missing.append(probe.part)
        if missing:
            raise CommandError(f"Missing: {', '.join(missing)}.")
