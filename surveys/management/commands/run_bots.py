"""Lets simulated participants walk a survey's real pages."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from surveys import bot_policies
from surveys.bot_policies import PaperPolicy, Policy
from surveys.bots import run_bots
from surveys.errors import BotError, SurveyError
from surveys.publishing import find_survey

POLICIES = ("paper", "uniform", "truth")
PUBLISHED_SCORES = settings.BASE_DIR / "fixtures" / "published_scores.csv"


class Command(BaseCommand):
    help = "Simulated participants take the survey through its real pages, marked for good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the survey's slug")
        parser.add_argument("--participants", type=int, required=True, metavar="N")
        parser.add_argument("--seed", type=int, required=True, metavar="S")
        parser.add_argument(
            "--policy",
            choices=POLICIES,
            default="paper",
            help="how they answer: as the paper's participants scored, by chance, "
            "or what is in the image (default: %(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._run(options)
        except SurveyError as error:
            raise CommandError(str(error)) from error

    def _run(self, options: dict[str, Any]) -> None:
        if options["participants"] < 1:
            raise BotError(f"--participants must be at least 1, but is {options['participants']}.")
        survey = find_survey(options["slug"])
        policy = self._policy(options["policy"], [arm.name for arm in survey.texts.conditions])
        finished: Counter[str] = Counter()
        for bot in run_bots(survey, options["participants"], options["seed"], policy):
            finished[str(bot.condition)] += 1
            if options["verbosity"] > 1:
                self.stdout.write(f"Participant {bot.number} has finished.")
        counts = ", ".join(f"{count} {name}" for name, count in sorted(finished.items()))
        self.stdout.write(
            f"{finished.total()} simulated participants have finished {survey.slug!r}: {counts}."
        )

    def _policy(self, name: str, conditions: list[str]) -> Policy:
        if name != "paper":
            return {"uniform": bot_policies.uniform, "truth": bot_policies.truth}[name]
        policy = PaperPolicy(PUBLISHED_SCORES)
        unknown = [condition for condition in conditions if condition not in policy.scores]
        if unknown:
            self.stdout.write(
                f"The paper has no scores for {', '.join(unknown)}: there, answers are drawn "
                "by chance."
            )
        return policy
