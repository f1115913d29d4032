"""Time and memory of the analysis on data of a stated size."""

import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

from analysis.data.exports import read_participants, read_trials
from analysis.data.schema import (
    CANT_TELL,
    MODEL_RIGHT,
    MODEL_WRONG,
    PARTICIPANT_COLUMNS,
    TRIAL_COLUMNS,
)
from analysis.data.study_data import from_frames
from analysis.report.folder import write_results
from analysis.report.results import analyse
from analysis.statistics.means.bootstrap import resample_intervals
from analysis.statistics.means.resamples import of_groups
from analysis.statistics.mixed.model import mixed_model
from analysis.statistics.ranks.effect_sizes import Interval

Found = TypeVar("Found")

CLASSES = np.array(["boat", "fish", "house", "tree"])
N_ITEMS = 30
N_WRONG = 14


def benchmark(participants: int = 33_334, seed: int = 1) -> dict[str, float]:
    """Return the seconds for a study of 30 trials per participant, and for its slowest parts.

    Peak memory is that of this process in MiB, including the generation of the data.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        people, trials = large_study(participants, seed)
        people.to_csv(folder / "participants.csv", index=False)
        trials.to_csv(folder / "trials.csv", index=False)
        del people, trials
        read, (people, trials) = _timed(
            lambda: (
                read_participants(folder / "participants.csv"),
                read_trials(folder / "trials.csv"),
            )
        )
        fitted, _ = _timed(lambda: mixed_model(trials))
        before = time.process_time()
        analysed, results = _timed(lambda: analyse(from_frames("bench", people, trials)))
        written, _ = _timed(lambda: write_results(results, folder / "results"))
        processor = time.process_time() - before
    bootstrapped, _ = _timed(_bootstrap)
    return {
        "n_responses": participants * N_ITEMS,
        "read_seconds": read,
        "analyse_seconds": analysed,
        "write_seconds": written,
        "mixed_model_seconds": fitted,
        "tables_tests_figures_seconds": analysed + written,
        "tables_tests_figures_cpu_seconds": processor,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "bootstrap_10000_of_100_by_30_seconds": bootstrapped,
    }


def _timed(work: Callable[[], Found]) -> tuple[float, Found]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def _bootstrap() -> dict[str, Interval]:
    random = np.random.default_rng(1)
    a, b = (random.integers(0, 2, (50, N_ITEMS)).astype(float) for _ in range(2))
    return resample_intervals(of_groups(a, b), 10_000, random)


def large_study(participants: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Frames as in an export; all participants finished, and abilities and images vary."""
    random = np.random.default_rng(seed)
    n = participants * N_ITEMS
    person = np.repeat(np.arange(participants), N_ITEMS)
    item = random.permuted(np.tile(np.arange(N_ITEMS), (participants, 1)), axis=1).ravel()
    is_pv, is_wrong = person % 2 == 1, item < N_WRONG
    level = np.where(is_wrong, np.where(is_pv, -0.7, -2.5), np.where(is_pv, 1.2, 3.2))
    ability = random.normal(0, 0.6, participants)[person]
    correct = random.random(n) < 1 / (1 + np.exp(-(level + ability)))
    # Otherwise the truth or another class, or "I just can't tell".
    other = random.integers(1, 4, n)
    unsure = ~correct & (random.random(n) < 0.2)
    chosen = CLASSES[(item + np.where(correct, 0, other)) % 4]
    prediction, truth = CLASSES[item % 4], CLASSES[(item + is_wrong) % 4]
    ids = np.char.add("p-", np.arange(participants).astype(str))
    moment = "2026-01-01T00:00:00.000Z"
    conditions = np.array(["gradcam", "pv"])
    response = np.where(unsure, CANT_TELL, chosen)
    trials = pd.DataFrame(
        {
            "participant_id": ids[person],
            "condition": conditions[is_pv.astype(int)],
            "trial_index": np.tile(np.arange(1, N_ITEMS + 1), participants),
            "item": np.char.add("item-", item.astype(str)),
            "stratum": np.where(is_wrong, MODEL_WRONG, MODEL_RIGHT),
            "prediction": prediction,
            "true_labels": truth,
            "options_shown": ";".join([*CLASSES, CANT_TELL]),
            "response": response,
            "response_position": random.integers(1, 5, n),
            "correct": correct.astype(int),
            "chose_truth": (response == truth).astype(int),
            "cant_tell": unsure.astype(int),
            "response_time_ms": random.lognormal(8.5, 0.5, n).astype(int),
            "hidden_time_ms": 0,
            "answered_at": moment,
            "simulated": 1,
        }
    )
    people = pd.DataFrame(
        {
            "participant_id": ids,
            "number": np.arange(1, participants + 1),
            "condition": conditions[np.arange(participants) % 2],
            **dict.fromkeys(("arrived_at", "consented_at", "assigned_at", "finished_at"), moment),
            "status": "finished",
            "n_trials": N_ITEMS,
            "n_answered": N_ITEMS,
            "simulated": 1,
        }
    )
    return people[list(PARTICIPANT_COLUMNS)], trials[list(TRIAL_COLUMNS)]
