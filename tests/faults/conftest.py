"""Repeats each test as often as --count says, and starts what the tests kill and stop."""

import pytest

pytest_plugins = ["tests.services.conftest"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--count", type=int, default=1, help="run each fault test so many times")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    count = metafunc.config.getoption("count")
    if count > 1:
        metafunc.fixturenames.append("repetition")
        metafunc.parametrize("repetition", range(1, count + 1))


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.BUILDS_DIR = tmp_path / "builds"
