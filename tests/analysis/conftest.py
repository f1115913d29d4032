"""The cast of the analysis tests: the published scores, and made-up studies of any size."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.data.schema import CANT_TELL, PARTICIPANT_COLUMNS, TRIAL_COLUMNS
from analysis.data.scores import read_scores

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = ROOT / "fixtures" / "published_scores.csv"
CLASSES = ("boat", "fish", "house", "tree")


@pytest.fixture(scope="session")
def published_file() -> Path:
    return PUBLISHED


@pytest.fixture(scope="session")
def published() -> pd.DataFrame:
    return read_scores(PUBLISHED)


@pytest.fixture
def scores_file(tmp_path: Path):
    """Writes a file of scores from its lines and returns its path."""

    def write(*lines: str, header: str = "") -> Path:
        path = tmp_path / "scores.csv"
        names = header or (
            "participant_id,condition,correct_model_wrong,n_model_wrong,"
            "correct_model_right,n_model_right"
        )
        path.write_text("\n".join([names, *lines]) + "\n")
        return path

    return write


def make_frames(
    n_participants: int = 20,
    n_wrong: int = 6,
    n_right: int = 6,
    chances: dict[tuple[str, str], float] | None = None,
    seed: int = 1,
    finished_share: float = 1.0,
    simulated: int = 0,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Participants and trials as an export holds them, answered with the given chances.

    `chances` gives, by condition and stratum, the probability of naming the prediction.
    """
    chances = chances or {
        ("gradcam", "model_wrong"): 0.2,
        ("gradcam", "model_right"): 0.9,
        ("pv", "model_wrong"): 0.5,
        ("pv", "model_right"): 0.7,
    }
    random = np.random.default_rng(seed)
    conditions = sorted({condition for condition, _ in chances})
    items = [("model_wrong", i) for i in range(n_wrong)] + [
        ("model_right", i) for i in range(n_right)
    ]
    people, trials = [], []
    for number in range(1, n_participants + 1):
        name, condition = f"p{number:03d}", conditions[(number - 1) % len(conditions)]
        finishes = random.random() < finished_share
        n_answered = len(items) if finishes else int(random.integers(0, len(items)))
        order = random.permutation(len(items))
        for index, place in enumerate(order, start=1):
            stratum, item = items[place]
            prediction = CLASSES[item % 4]
            truth = prediction if stratum == "model_right" else CLASSES[(item + 1) % 4]
            options = [*random.permutation(CLASSES), CANT_TELL]
            row = [
                name,
                condition,
                index,
                f"{stratum}-{item}",
                stratum,
                prediction,
                truth,
                ";".join(options),
            ]
            if index > n_answered:
                trials.append([*row, *[None] * 8, simulated])
                continue
            if random.random() < chances[condition, stratum]:
                response = prediction
            else:
                response = str(random.choice([o for o in options if o != prediction]))
            trials.append(
                [
                    *row,
                    response,
                    options.index(response) + 1,
                    int(response == prediction),
                    int(response == truth),
                    int(response == CANT_TELL),
                    int(random.lognormal(8.5, 0.4)),
                    0,
                    f"2026-01-01T00:{number % 60:02d}:{index % 60:02d}.000Z",
                    simulated,
                ]
            )
        moment = f"2026-01-01T00:{number % 60:02d}:00.000Z"
        people.append(
            [name, number, condition, moment, moment, moment, moment if finishes else None,
             "finished" if finishes else "in_trials", len(items), n_answered, simulated]
        )  # fmt: skip
    return (
        pd.DataFrame(people, columns=list(PARTICIPANT_COLUMNS))
        .astype(PARTICIPANT_COLUMNS)
        .assign(n_failed_checks=0),
        pd.DataFrame(trials, columns=list(TRIAL_COLUMNS)).astype(TRIAL_COLUMNS),
    )


@pytest.fixture
def frames():
    return make_frames


@pytest.fixture
def export_folder(tmp_path: Path):
    """Writes an export folder of made-up answers and returns its path."""

    def write(name: str = "export", **kwargs) -> Path:
        participants, trials = make_frames(**kwargs)
        folder = tmp_path / name
        (folder / "data").mkdir(parents=True)
        whole = dict.fromkeys(
            (
                "correct",
                "chose_truth",
                "cant_tell",
                "response_position",
                "response_time_ms",
                "hidden_time_ms",
                "simulated",
            ),
            "Int64",
        )
        trials.astype(whole).to_csv(folder / "data" / "trials.csv", index=False)
        participants.to_csv(folder / "data" / "participants.csv", index=False)
        (folder / "dataset_description.json").write_text(
            '{"name": "Shapes", "foresee": {"protocol_sha256": "aa11"}}'
        )
        return folder

    return write
