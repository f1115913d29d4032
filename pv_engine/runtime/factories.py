"""Functions of modules of one's own that a recipe names as `package.module:function`."""

import importlib
from collections.abc import Callable, Collection
from typing import Any

from pv_engine.errors import RecipeError


def import_factory(
    named: str, key: str, variable: str, allowed: Collection[str]
) -> Callable[..., Any]:
    """The function that the recipe's `key` names, from a module that is `allowed`.

    A recipe can come from the browser: code is only run where `variable` of the environment, which
    is set by the person who runs the worker, lists its module. Raises RecipeError.
    """
    module, _, name = named.rpartition(":")
    if module not in allowed:
        raise RecipeError(
            f"{key} names the module {module}, which {variable} does not list; set "
            f"{variable}={module} for the process that builds."
        )
    try:
        factory: Callable[..., Any] = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise RecipeError(f"{key} is '{named}', which cannot be imported ({error}).") from error
    return factory


def modules_in(text: str) -> set[str]:
    """The modules that a variable of the environment lists, separated by commas."""
    return {name for part in text.split(",") if (name := part.strip())}
