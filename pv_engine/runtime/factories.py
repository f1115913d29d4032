"""Functions from users' own modules, which recipes name as `package.module:function`."""

import importlib
from collections.abc import Callable, Collection
from typing import Any

from pv_engine.errors import RecipeError


def import_factory(
    named: str, key: str, variable: str, allowed: Collection[str]
) -> Callable[..., Any]:
    """Import the function that the recipe's `key` names, from one of the `allowed` modules.

    A recipe can come from the browser, so only modules that the worker's environment lists in
    `variable` are imported. Raises RecipeError.
    """
    module, _, name = named.rpartition(":")
    if module not in allowed:
        raise RecipeError(
            f"{key} names the module {module}, which {variable} does not list; set "
            f"{variable}={module} in the worker's environment."
        )
    try:
        factory: Callable[..., Any] = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise RecipeError(f"{key} is '{named}', which cannot be imported ({error}).") from error
    return factory


def modules_in(text: str) -> set[str]:
    """Return the modules in a comma-separated list."""
    return {name for part in text.split(",") if (name := part.strip())}
