"""Buttons and links that lead to another page."""

from typing import Any


def press(control: Any, timeout: float | None = None) -> None:
    """Click and wait for the page that comes: what is read next must not be the old one."""
    with control.page.expect_navigation(timeout=timeout):
        control.click()
