"""Every public function of the statistics is documented as NumPy and SciPy document theirs."""

import doctest
import inspect
import pkgutil
import re
from importlib import import_module

import pytest

from analysis import statistics

MODULES = [
    import_module(found.name)
    for found in pkgutil.walk_packages(statistics.__path__, f"{statistics.__name__}.")
]
FUNCTIONS = [
    function
    for module in MODULES
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and not name.startswith("_")
]


def section(text: str, title: str) -> str:
    """The lines below a title and its rule, up to the next title."""
    found = re.search(rf"^{title}\n-+\n(.*?)(?=^\w+\n-+\n|\Z)", text, re.DOTALL | re.MULTILINE)
    return found.group(1) if found else ""


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__qualname__)
def test_a_docstring_names_every_parameter_and_what_is_returned(function):
    text = inspect.getdoc(function) or ""
    assert re.match(r"Return .*\.$", text.splitlines()[0])
    described = re.findall(r"^(\w[\w, ]*) : ", section(text, "Parameters"), re.MULTILINE)
    names = [name for group in described for name in group.split(", ")]
    assert names == list(inspect.signature(function).parameters)
    assert section(text, "Returns").strip()
    raises = "ValueError" in section(text, "Raises")
    assert raises or "raise ValueError" not in inspect.getsource(function)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_examples_print_what_they_say(module):
    assert doctest.testmod(module).failed == 0


def test_some_functions_have_an_example():
    assert sum(">>>" in (function.__doc__ or "") for function in FUNCTIONS) >= 8
