"""The address of a survey that a researcher sends out."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse

register = template.Library()


@register.simple_tag(takes_context=True)
def entry_url(context: dict[str, Any], slug: str) -> str:
    """Return the full URL. A console with its own host name has no studies under that name."""
    path = reverse("surveys:start", args=[slug])
    if settings.CONSOLE_HOST:
        return f"{settings.SITE_URL}{path}"
    return str(context["request"].build_absolute_uri(path))
