"""What the doctor looks at for builds."""

import os
import shutil
from types import SimpleNamespace

import pytest
import torch

from pv_engine import probes
from tests.pv_engine.scripted_engine import RECIPE


def free(monkeypatch, gib):
    usage = SimpleNamespace(free=gib * probes.GIB)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)


@pytest.mark.parametrize(("gib", "state"), [(0.5, "missing"), (3, "note"), (50, "ok")])
def test_free_disk_space_is_judged(monkeypatch, gib, state):
    free(monkeypatch, gib)
    assert probes.disk().state == state


def test_a_folder_that_cannot_be_written_is_missing(monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert probes.folder().state == "missing"


def test_a_driver_that_pytorch_does_not_use_is_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    driver = tmp_path / "version"
    monkeypatch.setattr(probes, "DRIVER", driver)
    assert probes.device().state == "note"
    driver.touch()
    assert probes.device().state == "missing"


def test_weights_that_a_recipe_names_and_nobody_has_are_noted(settings, tmp_path):
    settings.RECIPES_DIR = tmp_path
    text = RECIPE.replace('"tiny"', '"mine"') + '\n[classifier]\nweights = "lost.safetensors"\n'
    (tmp_path / "mine.toml").write_text(text)
    (tmp_path / "broken.toml").write_text("[")
    finding = probes.weights()
    assert finding.state == "note"
    assert "mine: " in finding.found
    assert "lost.safetensors" in finding.found


def test_a_bucket_that_does_not_answer_is_named(settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "builds": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": "lost",
                "endpoint_url": "http://127.0.0.1:9",
                "region_name": "us-east-1",
                "access_key": "key",
                "secret_key": "secret",
            },
        },
    }
    finding = probes.store()
    assert finding.state == "missing"
    assert "The bucket lost does not answer" in finding.found
