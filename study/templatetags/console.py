"""Template tags of the console: a study's navigation, sortable tables, numbers."""

import re
from datetime import timedelta
from typing import Any

from django import template
from django.urls import reverse

from study.configuration.commands import command
from study.console import navigation
from study.console.sorting import PARAMETER, Sorting

register = template.Library()
# Spaces within what is read as one number.
INSIDE_NUMBERS = re.compile(r"(?<=\bp) (?=[=<])|(?<=[=<×]) (?=\d)|(?<=\d) (?=[%×])")
# The role that the app of studies calls so.
OWNER = "owner"


@register.simple_tag
def foresee(line: str, *args: Any) -> str:
    """{% foresee "check_data {}" survey.slug %}: a command as it is typed on this installation."""
    return command(line.format(*args))


@register.simple_tag(takes_context=True)
def study_navigation(context: dict[str, Any], slug: str) -> navigation.Navigation:
    """{% study_navigation survey.slug as navigation %}"""
    request = context["request"]
    is_owner = getattr(request, "study_role", OWNER) == OWNER
    return navigation.study_navigation(slug, request.path, is_owner)


@register.simple_tag
def docs_url(page: str) -> str:
    """{% docs_url "blinding.html" %}: the address of a page of the documentation."""
    return reverse("docs", args=[page])


@register.inclusion_tag("console/includes/sort_heading.html", takes_context=True)
def sort_heading(
    context: dict[str, Any], sorting: Sorting, column: str, label: str, kind: str = ""
) -> dict[str, str]:
    """{% sort_heading sorting "finished" "Finished" "number" %}: a sortable heading."""
    asked = context["request"].GET.copy()
    asked[PARAMETER] = sorting.value_after(column)
    direction = sorting.direction_of(column)
    return {"label": label, "kind": kind, "direction": direction, "query": asked.urlencode()}


@register.filter
def unbroken(sentence: str) -> str:
    """Keep a number of a finding on the line of its sign: p = 7.1 × 10⁻⁴, 25 %."""
    return INSIDE_NUMBERS.sub("\u00a0", sentence)


@register.filter
def thousands(number: int) -> str:
    """Format with thousands separators: 10,000."""
    return f"{number:,}"


@register.filter
def percent(share: float | None) -> str:
    """Format a share from 0 to 1 as a whole percentage; None as a dash."""
    return "–" if share is None else f"{share * 100:.0f}\u00a0%"


@register.filter
def seconds(milliseconds: int) -> str:
    """Format milliseconds as seconds with one decimal: 4.2."""
    return f"{milliseconds / 1000:.1f}"


@register.filter
def minutes(duration: timedelta | None) -> str:
    """Format a duration as minutes and seconds, 12:05; None as a dash."""
    if duration is None:
        return "–"
    whole = round(duration.total_seconds())
    return f"{whole // 60}:{whole % 60:02d}"
