"""The list of architectures that are tried, on the two smallest and one that does not exist."""

from pv_engine.benchmarks.architectures import ARCHITECTURES
from pv_engine.benchmarks.coverage import summary, tried
from pv_engine.networks.families.known import preset_of
from pv_engine.recipe import ClassifierConfig


def test_it_says_of_each_whether_it_is_accepted_and_how_exactly():
    rows = [tried(name) for name in ("timm:test_vit", "timm:test_convnext", "timm:nothing")]
    assert [row["accepted"] for row in rows] == [True, True, False]
    assert [row.get("prefix") for row in rows] == [True, False, None]
    assert rows[0]["features"] == [64, 10, 10]
    assert "which timm" in rows[2]["refusal"]
    found = summary(rows)
    assert (found["tried"], found["accepted"], found["refused"]) == (3, 2, ["timm:nothing"])
    assert found["largest_error"] <= 1e-5
    assert found["largest_map_difference"] <= 1e-4
    assert [row.get("layer") for row in rows[:2]] == ["blocks.4", "norm_pre"]


def test_every_architecture_of_the_list_exists_and_stands_there_once():
    assert len(set(ARCHITECTURES)) == len(ARCHITECTURES) >= 59
    for name in ARCHITECTURES:
        preset_of(ClassifierConfig(architecture=name))
