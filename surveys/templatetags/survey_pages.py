"""Addresses of a survey's pages, and texts of its protocol in the language of the page."""

from functools import lru_cache
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import get_language

from surveys.protocol.values import Text
from surveys.protocol.wording import wording

register = template.Library()
SURVEY = "surveys"


@register.simple_tag(takes_context=True)
def page_url(context: dict[str, Any], name: str, *args: Any) -> str:
    """The address of the survey's page of that name; of its preview, where one is shown."""
    namespace = context.get("namespace") or SURVEY
    return _address(f"{namespace}:{name}", context["survey"].slug, *args)


@lru_cache(maxsize=10_000)
def _address(name: str, *args: Any) -> str:
    return reverse(name, args=args)


@register.simple_tag
def wording_of(text: Text) -> str:
    """A text of the protocol in the language of the page."""
    return wording(text, get_language() or "")
