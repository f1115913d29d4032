"""A server that is killed between request and reply loses no answer that it has acknowledged."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from threading import Thread

import pytest
from django.conf import settings

from surveys.bots.browsers import REDIRECTS, OverHttp
from surveys.bots.page_reader import read_page
from surveys.errors import BotError
from tests.factories import make_protocol, make_stimulus_folder

PREPARE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("load_study", {file!r}, open=True)
"""
CHECK = """
import django; django.setup()
from django.core.management import call_command
call_command("check_data", "shapes")
"""


@pytest.fixture
def environment(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'killed.sqlite3'}",
        "VAR_DIR": str(tmp_path / "var"),
        "PORT": str(port),
        "LOG_LEVEL": "ERROR",
    }


def run(program, environment):
    return subprocess.run(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, env=environment, check=False,
        capture_output=True, text=True,
    )  # fmt: skip


def start_server(environment):
    server = subprocess.Popen(
        [sys.executable, "-m", "study.web_server"],
        cwd=settings.BASE_DIR, env=environment, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", int(environment["PORT"]))) == 0:
                return server
        time.sleep(0.1)  # A process of its own can only be waited for.
    raise AssertionError("The server did not start.")


def answer_until_it_breaks(browser, acknowledged):
    """Take the survey; note each (visit, position) whose answer the server took."""
    address = "/s/shapes/"
    try:
        reply = browser.get(address)
        while True:
            while reply.status in REDIRECTS:
                address = reply.location
                reply = browser.get(address)
            if reply.status >= 500:
                return
            page = read_page(reply.text)
            if "survey-done" in page.ids:
                return
            form = page.forms[0]
            data = {**form.values, **{name: values[0] for name, values in form.choices.items()}}
            reply = browser.post(form.action, data)
            if reply.status in (200, *REDIRECTS) and "/trial/" in form.action:
                position = int(re.search(r"/trial/(\d+)/", form.action)[1])
                acknowledged.append((data["form_key"], position, data["answer"]))
    except BotError:
        return


def test_acknowledged_answers_survive_a_kill_and_people_go_on(tmp_path, environment):
    make_stimulus_folder(tmp_path / "stimuli", n_wrong=8, n_right=8)
    file = make_protocol(tmp_path)
    prepared = run(PREPARE.format(file=str(file)), environment)
    assert prepared.returncode == 0, prepared.stderr
    server = start_server(environment)
    site = f"http://127.0.0.1:{environment['PORT']}"
    browsers, acknowledged = [OverHttp(site) for _ in range(4)], [[] for _ in range(4)]
    threads = [
        Thread(target=answer_until_it_breaks, args=pair)
        for pair in zip(browsers, acknowledged, strict=True)
    ]
    for thread in threads:
        thread.start()
    while sum(map(len, acknowledged)) < 12 and any(thread.is_alive() for thread in threads):
        time.sleep(0.01)
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()
    for thread in threads:
        thread.join()
    assert all(len(answers) < 16 for answers in acknowledged)
    with sqlite3.connect(tmp_path / "killed.sqlite3") as database:
        rows = database.execute(
            "select t.position, r.option from surveys_response r join surveys_trial t"
            " on r.trial_id = t.id"
        ).fetchall()
    database.close()
    sent = sorted((position, answer) for answers in acknowledged for _, position, answer in answers)
    for answer in set(sent):
        assert rows.count(answer) >= sent.count(answer)
    # At most one for each person was stored without being acknowledged.
    assert len(sent) <= len(rows) <= len(sent) + 4
    checked = run(CHECK, environment)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    server = start_server(environment)
    try:
        answer_until_it_breaks(browsers[0], acknowledged[0])
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
    assert acknowledged[0][-1][1] == 16


def test_processes_of_a_killed_server_end_by_themselves(environment):
    server = start_server(environment)
    os.kill(server.pid, signal.SIGKILL)
    server.wait()
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", int(environment["PORT"]))) != 0:
                return
        time.sleep(0.1)  # A process of its own can only be waited for.
    os.killpg(server.pid, signal.SIGKILL)
    raise AssertionError("Somebody still answers.")
