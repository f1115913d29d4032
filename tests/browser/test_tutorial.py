"""What docs/tutorial.md says can be done, done as it says: from `make demo` to the report."""

import importlib.util
import json
import re
import sys
import zipfile

import pytest
from django.conf import settings

from tests.browser.demo import make_demo

DOCS = settings.BASE_DIR / "docs"


@pytest.fixture(scope="module")
def tutorial_walk():
    spec = importlib.util.spec_from_file_location("tutorial_walk", DOCS / "tutorial_walk.py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_the_tutorial_leads_from_make_demo_to_the_downloaded_report(
    chromium, tutorial_walk, tmp_path
):
    seen, report = [], tmp_path / "report.zip"
    with make_demo(tmp_path) as demo:
        tutorial_walk.Walk(
            chromium, demo.address, demo.password, 8, lambda page, name: seen.append(name)
        ).take(report)

    named = re.findall(r"images/tutorial/(\w+)\.webp", (DOCS / "tutorial.md").read_text())
    assert seen == named
    with zipfile.ZipFile(report) as packed:
        stored = json.loads(packed.read("demo-report/results.json"))
    assert (stored["n_participants"], stored["n_simulated"]) == (9, 8)
    rows = {(row["condition"], row["stratum"]) for row in stored["accuracy"]}
    strata = ("model_wrong", "model_right", "all")
    assert rows == {(name, stratum) for name in ("gradcam", "pv", "pv_exemplar") for stratum in strata}
