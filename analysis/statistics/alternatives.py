"""The directions and methods of a rank test, by name."""

from typing import Literal

Alternative = Literal["two-sided", "less", "greater"]
# How p of a Mann-Whitney test is found: `mann_whitney.mann_whitney` says when auto is which.
Method = Literal["auto", "exact", "mid-p", "asymptotic"]
ALTERNATIVES: tuple[Alternative, ...] = ("two-sided", "less", "greater")
METHODS: tuple[Method, ...] = ("auto", "exact", "mid-p", "asymptotic")
