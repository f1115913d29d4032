"""The guide "Explain a segmentation network", done as it says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from pv_engine.recipe.reading import parse_recipe
from pv_engine.stimulus_sets.importing import import_stimuli
from surveys.studies.protocols.loading import load_study
from tests.factories import make_stimulus_folder

GUIDE = Path(settings.BASE_DIR) / "docs" / "guides" / "segmentation.md"
BLOCK = re.compile(r'^```\w+ title="([\w./]+)"\n(.*?)^```$', re.M | re.S)


@pytest.fixture(scope="module")
def blocks():
    return dict(BLOCK.findall(GUIDE.read_text()))


def test_its_recipe_can_be_read(blocks, tmp_path):
    recipe = parse_recipe(blocks["segments.toml"], "segments.toml", tmp_path)
    assert recipe.data.kind == "mask_folder"
    assert recipe.rendering.outline


@pytest.mark.django_db
def test_two_sets_of_the_same_items_become_one_study(blocks, tmp_path):
    for name in ("outlined", "plain"):
        make_stimulus_folder(tmp_path / name)
    (tmp_path / "both.py").write_text(blocks["both.py"])
    command = [sys.executable, "both.py", "outlined", "plain", "both"]
    subprocess.run(command, cwd=tmp_path, check=True)
    both = tmp_path / "both"
    folder = import_stimuli(both / "items.csv", both, tmp_path / "sets")
    text = blocks["both_study.toml"].replace("IMPORTED_FOLDER", str(folder))
    (tmp_path / "study.toml").write_text(text)
    survey, _ = load_study(tmp_path / "study.toml")
    kinds = [picture.kind for picture in survey.protocol.task.pictures]
    assert kinds == ["image_{condition}", "pv_{condition}"]
    assert survey.stimulus_set.items.count() == 4
