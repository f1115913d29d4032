"""Says what is missing for studies and builds on this machine, and what to do."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from study.probes.probe import all_probes

MARKS = {"ok": "ok", "note": "note", "missing": "MISSING"}


class Command(BaseCommand):
    help = "Say what is missing on this machine and what to do; exit status 1 if anything is."
    # What is wrong with the settings is for the doctor to say.
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
