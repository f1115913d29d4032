"""Addresses of a survey's pages, the same in the survey and in its preview."""

from typing import Any

from django import template
from django.urls import reverse

register = template.Library()
SURVEY = "surveys"


@register.simple_tag(takes_context=True)
def page_url(context: dict[str, Any], name: str, *args: Any) -> str:
    """The address of the survey's page of that name; of its preview, where one is shown."""
    namespace = context.get("namespace") or SURVEY
    return reverse(f"{namespace}:{name}", args=[context["survey"].slug, *args])
