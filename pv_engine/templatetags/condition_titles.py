"""Calls conditions by their titles."""

from django import template

from pv_engine.recipe.conditions import title_of

register = template.Library()


@register.filter
def title_of_condition(name: str) -> str:
    """Return the condition's title, or its name where it has none."""
    return title_of(name)
