"""Builds every table, test and figure of a study."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analysis.errors import AnalysisError
from analysis.report.results import Results
from analysis.services import results_of_export, results_of_scores, results_of_survey

BUILDERS: dict[str, Callable[..., Results]] = {
    "slug": results_of_survey,
    "export": results_of_export,
    "scores": results_of_scores,
}


class Command(BaseCommand):
    help = "Write tables, tests, figures, results.json and report.html of a study."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", help="address of a study in the database")
        parser.add_argument("--export", type=Path, help="a folder written by export_study")
        parser.add_argument("--scores", type=Path, help="a CSV file of participants' scores")
        parser.add_argument("--plan", type=Path, help="a TOML file of declared tests")
        parser.add_argument(
            "--edited",
            action="store_true",
            help="analyse an export whose tables were changed, and list the differences",
        )
        parser.add_argument("--out", type=Path, required=True, help="the folder to write")

    def handle(self, *args: Any, **options: Any) -> None:
        given = {name: options[name] for name in ("slug", "export", "scores") if options[name]}
        if len(given) != 1:
            raise CommandError("Give exactly one of a study's address, --export or --scores.")
        [(kind, source)] = given.items()
        if options["edited"] and kind != "export":
            raise CommandError("--edited needs --export: only an export can be compared.")
        extra = {"edited": options["edited"]} if kind == "export" else {}
        try:
            results = BUILDERS[kind](source, options["out"], options["plan"], **extra)
        except AnalysisError as error:
            raise CommandError(str(error)) from error
        study = results.study
        if study.n_simulated:
            self.stderr.write(
                f"SIMULATED DATA: {study.n_simulated} of {study.n_participants} participants are"
                " simulated."
            )
        if study.n_simulated_not_analysed:
            self.stderr.write(
                f"SIMULATED DATA: {study.n_simulated_not_analysed} simulated participants are in"
                " the flow but not analysed."
            )
        for edit in study.edits:
            self.stderr.write(f"EDITED DATA: {edit}")
        self._warn_if_blind(options["slug"])
        self.stdout.write(str(options["out"] / "report.html"))

    def _warn_if_blind(self, slug: str | None) -> None:
        """A report from the database unblinds the study."""
        from surveys.models import Survey

        survey = Survey.objects.filter(slug=slug).first() if slug else None
        if survey is not None and survey.is_blind:
            self.stderr.write(survey.blinding_notice)
