"""Repeats each test as often as --count says, and starts what the tests kill and stop."""

import pytest

# Fixtures of a folder beside this one; only the topmost conftest may name plugins.
from tests.services.conftest import broker, celery_app, many, one_thread, undisturbed

__all__ = ["broker", "celery_app", "many", "one_thread", "undisturbed"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--count", type=int, default=1, help="how often to run each fault test")
    parser.addoption(
        "--pictures", type=int, default=2000, help="of the build that loses everything"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    # The option is known only where this folder is named on the command line.
    count = metafunc.config.getoption("count", 1)
    if count > 1:
        metafunc.fixturenames.append("repetition")
        metafunc.parametrize("repetition", range(1, count + 1))


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.BUILDS_DIR = tmp_path / "builds"
