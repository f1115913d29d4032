"""[device]: what participants may use, and what is kept of what they use."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from toml_files.tables import OneOf, TomlTable

PHONES = ("allow", "warn", "refuse")
# How many plates there are.
MOST_PLATES = 6


@dataclass(frozen=True)
class Device(TomlTable):
    """What participants may use; anything by default, and nothing of it is stored."""

    min_width: Annotated[int, Field(ge=0, le=10_000)] = 0
    """The least width of the browser's window in CSS pixels when participants agree; 0: any.
    Browsers without JavaScript do not say theirs and are let in."""
    phones: Annotated[str, OneOf(PHONES)] = "allow"
    """Whether phones are let in, are let in with advice to use a computer, or are turned away."""
    colour_plates: Annotated[int, Field(ge=0, le=MOST_PLATES)] = 0
    """How many plates with a number in coloured dots are shown after consent. Nobody is turned
    away; the numbers read are stored. The plates are Foresee's own and no medical test."""
    record: bool = False
    """Whether the width of the pictures on the screen, the class of its pixel ratio and the kind of
    input are stored; the information page then says so."""
