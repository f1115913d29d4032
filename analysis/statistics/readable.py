"""What results offer in a notebook: a table of their values, and their interval by one name."""

from collections.abc import Iterator
from dataclasses import fields
from html import escape
from typing import Any, NamedTuple


class ConfidenceInterval(NamedTuple):
    """The ends of an interval, as SciPy's results name them."""

    low: float
    high: float


class Readable:
    """A dataclass that a notebook shows as a table, one row a value."""

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th style='text-align:left'>{escape(name)}</th><td>{escape(text)}</td></tr>"
            for name, text in _shown(self)
        )
        return f"<table><caption>{escape(type(self).__name__)}</caption>{rows}</table>"


class Estimated(Readable):
    """A result with an interval of its main estimate."""

    def confidence_interval(self) -> ConfidenceInterval:
        """Return the ends of the interval at the level that was asked for; NaN where none."""
        found = self._estimate()
        return ConfidenceInterval(found.ci_low, found.ci_high)

    def _estimate(self) -> Any:
        """What has `ci_low` and `ci_high`: the result itself, unless it names another."""
        return self


def _shown(result: Any) -> Iterator[tuple[str, str]]:
    for field in fields(result):
        value = getattr(result, field.name)
        yield field.name.replace("_", " "), _text(value)


def _text(value: Any) -> str:
    if hasattr(value, "ci_low"):
        return f"{value.estimate:.4g} ({value.ci_low:.4g} to {value.ci_high:.4g})"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
