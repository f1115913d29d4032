"""Hostile requests break nothing and change nothing.

`make fuzz` runs this alone and for longer: FUZZ_REQUESTS says how many, FUZZ_SEED which.
"""

import os

from tests.factories import make_survey
from tests.fuzz.attack import attack
from tests.surveys.everything import EVERYTHING


def test_no_hostile_request_breaks_the_server_or_changes_the_data(db, tmp_path):
    n_requests = int(os.environ.get("FUZZ_REQUESTS", "300"))
    survey = make_survey(tmp_path, more='languages = ["en", "ar"]\n' + EVERYTHING)
    statuses = attack(survey, n_requests, int(os.environ.get("FUZZ_SEED", "1")))
    print(dict(statuses))  # noqa: T201 - `make fuzz` shows it
    assert statuses["requests"] >= n_requests * 0.9
    # If everything were refused at the door, nothing would have been tried. Hypothesis draws other
    # requests where other modules are loaded, so no more is said of pages alone.
    assert min(statuses["2xx"] + statuses["3xx"], statuses["4xx"]) > n_requests * 0.02
