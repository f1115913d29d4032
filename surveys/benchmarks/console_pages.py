"""Finds every page of the console in the resolver, so that tests reach them all.

The benchmark and the tests of accessibility and blinding walk these, later pages included.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

PREFIX = "console/"


@dataclass(frozen=True)
class ConsolePage:
    """One address of the console."""

    # With its namespace, such as "console:live".
    name: str
    # The names of what varies in it, such as "slug".
    parameters: tuple[str, ...]

    def address(self, examples: Mapping[str, object]) -> str:
        """The page's address with an example of each parameter.

        An example is looked up as "console:live.slug" first, then as "slug". LookupError names the
        parameter that has none.
        """
        return reverse(
            self.name, kwargs={name: self._find(name, examples) for name in self.parameters}
        )

    def _find(self, parameter: str, examples: Mapping[str, object]) -> object:
        for key in (f"{self.name}.{parameter}", parameter):
            if key in examples:
                return examples[key]
        raise LookupError(
            f"There is no example of {parameter!r} for the page {self.name}; "
            "add one to surveys/benchmarks/console_examples.py."
        )


def find_pages() -> list[ConsolePage]:
    """Every named address below /console/, also those that only take forms."""
    return list(_walk(get_resolver().url_patterns, "", "", ()))


def _walk(
    patterns: list[Any], route: str, namespace: str, parameters: tuple[str, ...]
) -> Iterator[ConsolePage]:
    for entry in patterns:
        here = route + str(entry.pattern)
        names = parameters + tuple(entry.pattern.converters)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry.url_patterns, here, inner, names)
        elif isinstance(entry, URLPattern) and here.startswith(PREFIX) and entry.name:
            yield ConsolePage(f"{namespace}{entry.name}", names)
