"""The list of architectures that are tried, on the two smallest and one that does not exist."""

import json

import pytest
import torch
from torch import nn

from pv_engine.benchmarks import coverage, tiny_build
from pv_engine.benchmarks.architectures import ARCHITECTURES
from pv_engine.benchmarks.coverage import rows_of, summary, tried, wake
from pv_engine.benchmarks.direct_maps import map_difference
from pv_engine.errors import SelectionError
from pv_engine.networks.cutting.backbones import cut
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


def test_a_deep_network_with_random_weights_answers_each_picture_differently():
    torch.manual_seed(0)
    layers: list[nn.Module] = [nn.Conv2d(3, 8, 3, stride=8)]
    for _ in range(30):
        # Weights as some libraries start them, with which signals shrink.
        mixing = nn.Conv2d(8, 8, 1)
        nn.init.normal_(mixing.weight, std=0.1)
        layers += [mixing, nn.BatchNorm2d(8), nn.SiLU()]
    network = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 5)).eval()
    pictures = torch.rand(2, 3, 64, 64)

    def spread():
        with torch.no_grad():
            logits = network(pictures)
        return float((logits[0] - logits[1]).abs().max() / logits.abs().max())

    assert spread() < 1e-6
    wake(network)
    assert spread() > 1e-3
    assert not any(each.training for each in network.modules())


def test_maps_are_compared_at_a_layer_that_runs_once():
    class Again(nn.Module):
        """Ends its features in a layer that it uses for the pooled ones, too."""

        def __init__(self):
            super().__init__()
            torch.manual_seed(0)
            self.body, self.linear = nn.Conv2d(3, 6, 8, stride=8), nn.Linear(6, 4)
            self.drop = nn.Dropout(0.1)

        def forward(self, pictures):
            pooled = self.drop(self.body(pictures)).mean((2, 3))
            return self.linear(self.drop(pooled))

    network, pictures = Again().eval(), torch.rand(2, 3, 32, 32)
    encoder, head = cut(network, "own:network", 32)
    difference, layer = map_difference(network, encoder, head, pictures)
    assert layer == "body"
    assert difference <= 1e-4


def test_every_architecture_of_the_list_exists_and_stands_there_once():
    assert len(set(ARCHITECTURES)) == len(ARCHITECTURES) >= 59
    for name in ARCHITECTURES:
        preset_of(ClassifierConfig(architecture=name))


def test_a_run_that_was_stopped_goes_on_from_its_kept_rows(tmp_path, monkeypatch):
    kept = tmp_path / "rows.jsonl"
    list(rows_of(["timm:nothing"], False, kept))
    assert [json.loads(line)["architecture"] for line in kept.read_text().splitlines()] == [
        "timm:nothing"
    ]
    monkeypatch.setattr(coverage, "tried", lambda name, builds: {"architecture": name, "new": True})
    rows = list(rows_of(["timm:nothing", "timm:another"], False, kept))
    assert [row.get("new") for row in rows] == [None, True]
    assert len(kept.read_text().splitlines()) == 2


def test_a_tiny_build_takes_the_next_seed_where_the_random_head_gives_no_item(monkeypatch):
    tried_seeds = []

    def built(text, folder, name):
        tried_seeds.append(name)
        if len(tried_seeds) < 3:
            raise SelectionError("no item")
        return {"items": [1], "classifier": {"identity_error": 0.0}}

    monkeypatch.setattr(tiny_build, "_built", built)
    row = tiny_build.tiny_build("timm:test_convnext", 16)
    assert (row["seed"], row["items"], tried_seeds) == (3, 1, ["1", "2", "3"])
    monkeypatch.setattr(tiny_build, "SEEDS", (1,))
    tried_seeds.clear()
    with pytest.raises(SelectionError):
        tiny_build.tiny_build("timm:test_convnext", 16)
