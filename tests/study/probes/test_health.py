"""The health check for load balancers."""

from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.urls import reverse

from study.celery import app
from study.probes import services


@pytest.fixture
def broker(settings, tmp_path):
    """The embedded broker's folder, as the settings name it."""
    # Celery reads its settings, and makes this folder, at first use: be that now.
    assert app.conf.broker_url
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_out": tmp_path}
    return tmp_path


def test_it_answers_200_when_database_and_broker_answer(client, db, broker):
    response = client.get(reverse("healthz"))
    assert response.status_code == 200
    assert response.json() == {"database": True, "broker": True}


def test_it_answers_503_and_says_which_part_when_the_broker_folder_is_gone(client, db, broker):
    broker.rmdir()
    response = client.get(reverse("healthz"))
    assert response.status_code == 503
    assert response.json() == {"database": True, "broker": False}


def test_it_answers_503_when_the_broker_refuses_the_connection(client, db, monkeypatch):
    refused = app.connection_for_write("redis://127.0.0.1:1/0")
    monkeypatch.setattr(app, "connection_for_write", lambda **_: refused)
    response = client.get(reverse("healthz"))
    assert response.status_code == 503
    assert response.json()["broker"] is False


def test_it_answers_503_when_the_database_does_not(client, broker, monkeypatch):
    def refuse():
        raise OperationalError("connection refused")

    monkeypatch.setattr(services, "connection", SimpleNamespace(cursor=refuse))
    response = client.get(reverse("healthz"))
    assert response.status_code == 503
    assert response.json() == {"database": False, "broker": True}


def test_its_answer_is_never_stored(client, db, broker):
    assert "no-store" in client.get(reverse("healthz"))["Cache-Control"]
