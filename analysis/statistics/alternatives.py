"""The directions and methods of a rank test, by name."""

from typing import Literal

Alternative = Literal["two-sided", "less", "greater"]
# How a Mann-Whitney test finds p; `mann_whitney.mann_whitney` says which one "auto" takes.
Method = Literal["auto", "exact", "mid-p", "asymptotic"]
ALTERNATIVES: tuple[Alternative, ...] = ("two-sided", "less", "greater")
METHODS: tuple[Method, ...] = ("auto", "exact", "mid-p", "asymptotic")
