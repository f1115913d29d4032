"""Writes the text of a preregistration from a study's protocol and plan."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analysis.errors import AnalysisError
from analysis.plan.preregistration import FORMS, OPEN, Planned, preregistration
from analysis.plan.reader import plan_of_section
from surveys.models import Survey


class Command(BaseCommand):
    help = "Write a preregistration as Markdown; what the protocol does not state is marked."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the study's address")
        parser.add_argument("--form", choices=sorted(FORMS), default="osf", help="(osf)")
        parser.add_argument("--out", type=Path, metavar="FILE.md", help="default: the terminal")

    def handle(self, *args: Any, **options: Any) -> None:
        survey = Survey.objects.filter(slug=options["slug"]).first()
        if survey is None:
            known = ", ".join(Survey.objects.values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no study {options['slug']!r}; the studies are: {known}.")
        try:
            text = preregistration(_planned(survey), options["form"])
        except AnalysisError as error:
            raise CommandError(str(error)) from error
        if options["out"] is None:
            self.stdout.write(text)
            return
        try:
            options["out"].write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{options['out']}: {text.count(OPEN)} answers are left to you.")


def _planned(survey: Survey) -> Planned:
    protocol = survey.protocol_json
    rule = survey.protocol.items
    asked = survey.stimulus_set.items.filter(is_example=False)
    kept = Counter(item.stratum for item in asked if item.name not in survey.protocol.dropped)
    drawn = rule.strata.by_stratum if rule.strata.total else {}
    return Planned(
        protocol=protocol,
        plan=plan_of_section(protocol.get("analysis"), protocol),
        n_participants=survey.participants.filter(simulated=False).count(),
        n_items=drawn or dict(kept),
    )
