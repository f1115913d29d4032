"""Has a protocol's [analysis] section checked by those who will carry it out.

The survey stores the section as it stands and must not know the analysis, so that study/settings.py
names the function to ask.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def plan_problem(section: Any, conditions: Sequence[str]) -> str:
    """What is wrong with the section of a protocol with these conditions; empty if nothing is."""
    check: Callable[[Any, Sequence[str]], str] = import_string(settings.ANALYSIS_PLAN_CHECK)
    return check(section, conditions)
