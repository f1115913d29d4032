"""Lets simulated participants walk a survey's real pages."""

import logging
from argparse import ArgumentParser
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys.bots.browsers import InProcess, OverHttp
from surveys.bots.policies import POLICIES, PaperPolicy, Policy, ReaderPolicy, find_policy
from surveys.bots.walker import Stamina, run_bots
from surveys.errors import BotError, SurveyError
from surveys.protocol.design.groups import shown_conditions
from surveys.studies.lifecycle.publishing import find_survey


class Command(BaseCommand):
    help = "Let bots take a study on its real pages; they stay marked as simulated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the study's address")
        parser.add_argument("--participants", type=int, required=True, metavar="N")
        parser.add_argument("--seed", type=int, required=True, metavar="S")
        parser.add_argument(
            "--policy",
            choices=[*POLICIES, "reader"],
            default="paper",
            help="how they answer: as the paper's participants scored, by chance, what is in the "
            "image, or from --probabilities (default: %(default)s)",
        )
        parser.add_argument(
            "--probabilities",
            type=Path,
            metavar="FILE",
            help="for --policy reader: a CSV file with item, condition, option, probability",
        )
        parser.add_argument(
            "--tiring",
            type=float,
            default=0.0,
            metavar="SHARE",
            help="how much likelier a random answer gets with each trial (default: %(default)s)",
        )
        parser.add_argument(
            "--dropout",
            type=float,
            default=0.0,
            metavar="SHARE",
            help="how likely they leave, at each page after consent (default: %(default)s)",
        )
        parser.add_argument(
            "--url",
            metavar="SITE",
            help="take the study over HTTP from this server, which must use the same database "
            "and secret key",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # Hundreds of lines for each bot would bury what this command has to say.
        requests = logging.getLogger("study.monitoring.request_log")
        before = requests.level
        requests.setLevel(logging.WARNING)
        try:
            self._run(options)
        except SurveyError as error:
            raise CommandError(str(error)) from error
        finally:
            requests.setLevel(before)

    def _run(self, options: dict[str, Any]) -> None:
        if options["participants"] < 1:
            raise BotError(f"--participants must be at least 1, but is {options['participants']}.")
        survey = find_survey(options["slug"])
        policy = self._policy(options, list(shown_conditions(survey.protocol)))
        finished: Counter[str] = Counter()
        bots = run_bots(
            survey,
            options["participants"],
            options["seed"],
            policy,
            self._stamina(options),
            partial(OverHttp, options["url"]) if options["url"] else InProcess,
        )
        for bot in bots:
            if bot.finished_at is None:
                continue
            finished[str(bot.condition)] += 1
            if options["verbosity"] > 1:
                self.stdout.write(f"Participant {bot.number} has finished.")
        if survey.is_blind:
            self.stderr.write(survey.blinding_notice)
        counts = ", ".join(f"{count} {name}" for name, count in sorted(finished.items()))
        have = " has" if finished.total() == 1 else "s have"
        self.stdout.write(
            f"{finished.total()} simulated participant{have} finished {survey.slug!r}"
            f"{f': {counts}' if counts else ''}."
        )

    def _stamina(self, options: dict[str, Any]) -> Stamina:
        for name in ("tiring", "dropout"):
            if not 0 <= options[name] <= 1:
                raise BotError(f"--{name} must be from 0 to 1, but is {options[name]}.")
        return Stamina(options["tiring"], options["dropout"])

    def _policy(self, options: dict[str, Any], conditions: list[str]) -> Policy:
        name = options["policy"]
        if name == "reader":
            if options["probabilities"] is None:
                raise BotError("--policy reader needs a CSV file; name one with --probabilities.")
            return ReaderPolicy(options["probabilities"])
        policy = find_policy(name)
        scores = policy.scores if isinstance(policy, PaperPolicy) else conditions
        unknown = [condition for condition in conditions if condition not in scores]
        if unknown:
            self.stdout.write(
                f"The paper has no scores for {', '.join(unknown)}: there, answers are drawn "
                "by chance."
            )
        return policy
