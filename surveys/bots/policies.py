"""How simulated participants answer.

A policy is asked once for each bot, with its trials and a random generator of its own, and plans
all of the bot's answers. It knows the answer keys from the database; the pages do not tell them.
"""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from django.conf import settings

from surveys.errors import BotError
from surveys.models import Participant, Trial
from surveys.protocol.schema import CANT_TELL

# Position of a trial -> the option to choose.
Plan = dict[int, str]
Policy = Callable[[Participant, Sequence[Trial], Random], Plan]

PUBLISHED_SCORES = settings.BASE_DIR / "fixtures" / "published_scores.csv"
MODEL_WRONG, MODEL_RIGHT = "model_wrong", "model_right"
# The paper does not publish which wrong answers people gave. When they miss the prediction of a
# model that erred, we let most of them name what is really in the image.
SHARE_NAMING_THE_TRUTH = 0.8


def uniform(participant: Participant, trials: Sequence[Trial], random: Random) -> Plan:
    """Answer with any of the five options, all equally likely."""
    return {trial.position: random.choice(trial.options) for trial in trials}


def truth(participant: Participant, trials: Sequence[Trial], random: Random) -> Plan:
    """Answer with a true label, or "can't tell" if none is offered."""
    return {trial.position: _true_option(trial, random) or CANT_TELL for trial in trials}


class PaperPolicy:
    """Draws each bot's number of correct answers in each stratum from the published scores.

    The bot is given the scores of one published participant of its condition, drawn with
    replacement. In conditions without published scores, bots answer at random.
    """

    def __init__(self, scores_file: Path) -> None:
        self.scores = _read_scores(scores_file)

    def __call__(self, participant: Participant, trials: Sequence[Trial], random: Random) -> Plan:
        plan: Plan = {}
        shown = [trial.shown_to(participant) for trial in trials]
        for condition in dict.fromkeys(shown):
            part = [trial for trial, name in zip(trials, shown, strict=True) if name == condition]
            plan |= self._answer(condition, participant, part, random)
        return plan

    def _answer(
        self, condition: str, participant: Participant, trials: Sequence[Trial], random: Random
    ) -> Plan:
        if condition not in self.scores:
            return uniform(participant, trials, random)
        accuracy = random.choice(self.scores[condition])
        plan: Plan = {}
        for stratum, share in accuracy.items():
            of_stratum = [trial for trial in trials if trial.item.stratum == stratum]
            correct = _draw_correct(of_stratum, share, random)
            for trial in of_stratum:
                is_correct = trial.position in correct
                plan[trial.position] = trial.item.prediction if is_correct else _miss(trial, random)
        return plan


class ReaderPolicy:
    """Answers from stored probabilities: for each item and condition, how likely each option is.

    Options that are not in the file have probability 0; an item without a row is answered by
    chance.
    """

    def __init__(self, file: Path) -> None:
        self.probabilities = _read_probabilities(file)

    def __call__(self, participant: Participant, trials: Sequence[Trial], random: Random) -> Plan:
        return {
            trial.position: self._draw(trial, trial.shown_to(participant), random)
            for trial in trials
        }

    def _draw(self, trial: Trial, condition: str, random: Random) -> str:
        options: list[str] = trial.options
        stored = self.probabilities.get((trial.item.name, condition), {})
        weights = [stored.get(option, 0.0) for option in options]
        if not any(weights):
            return random.choice(options)
        return random.choices(options, weights)[0]


def _read_probabilities(file: Path) -> dict[tuple[str, str], dict[str, float]]:
    """(item, condition) -> option -> its probability."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    try:
        with file.open(newline="") as lines:
            for row in csv.DictReader(lines):
                probability = float(row["probability"])
                if not 0 <= probability <= 1:
                    raise ValueError(row["probability"])
                key = (row["item"], row["condition"])
                found.setdefault(key, {})[row["option"]] = probability
    except OSError as error:
        raise BotError(
            f"The policy 'reader' reads {file}, which cannot be opened ({error.strerror}); "
            "name a CSV file with --probabilities."
        ) from error
    except (KeyError, TypeError, ValueError) as error:
        raise BotError(
            f"{file} must have the columns item, condition, option and probability, the last with "
            f"numbers from 0 to 1 ({error!r})."
        ) from error
    return found


def _read_scores(file: Path) -> dict[str, list[dict[str, float]]]:
    """Condition -> for each published participant, the share correct in each stratum."""
    try:
        with file.open(newline="") as lines:
            rows = list(csv.DictReader(lines))
    except OSError as error:
        raise BotError(
            f"The policy 'paper' reads {file}, which cannot be opened ({error.strerror}); "
            "restore it or choose --policy uniform."
        ) from error
    scores: dict[str, list[dict[str, float]]] = {}
    try:
        for row in rows:
            shares = {
                stratum: int(row[f"correct_{stratum}"]) / int(row[f"n_{stratum}"])
                for stratum in (MODEL_WRONG, MODEL_RIGHT)
            }
            scores.setdefault(row["condition"], []).append(shares)
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise BotError(
            f"{file} must have the columns condition, correct_model_wrong, n_model_wrong, "
            f"correct_model_right and n_model_right with whole numbers ({error!r})."
        ) from error
    return scores


def _draw_correct(trials: Sequence[Trial], share: float, random: Random) -> set[int]:
    """The positions of the trials to answer correctly: that share of them, drawn at random.

    A share that does not come out even is rounded up as often as its remainder asks.
    """
    exact = share * len(trials)
    # A published share is a fraction of whole numbers; its floating-point dust is not a remainder.
    count = int(exact + 1e-9)
    count += random.random() < exact - count - 1e-9
    return {trial.position for trial in random.sample(list(trials), count)}


def _miss(trial: Trial, random: Random) -> str:
    """A wrong guess of what the model predicted."""
    true_option = _true_option(trial, random)
    wrong = [option for option in trial.options if option != trial.item.prediction]
    if true_option in wrong and random.random() < SHARE_NAMING_THE_TRUTH:
        return str(true_option)
    others: list[str] = [option for option in wrong if option != true_option]
    return random.choice(others)


def _true_option(trial: Trial, random: Random) -> str | None:
    true_options = [label for label in trial.item.true_labels if label in trial.options]
    return random.choice(true_options) if true_options else None


# What needs nothing but a name.
POLICIES: dict[str, Callable[[], Policy]] = {
    "paper": lambda: PaperPolicy(PUBLISHED_SCORES),
    "uniform": lambda: uniform,
    "truth": lambda: truth,
}


def find_policy(name: str) -> Policy:
    return POLICIES[name]()
