"""The machine's browser, for tests that need one."""

import pytest

from surveys.export.pages.chromium import lightest_chromium


def require_chromium() -> str:
    """Return its path; the test is skipped where there is none."""
    path = lightest_chromium()
    if path is None:
        pytest.skip("no browser is found: install chromium (apt-get install chromium)")
    return path
