"""[study]: who does the study, by whose leave and with whose money; for report and export."""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from surveys.protocol.canonical import LATER
from surveys.protocol.values import Line, OrEmpty, Reason
from toml_files.tables import Broken, Many, TomlTable, right, rule

Orcid = Annotated[
    str,
    Field(pattern=r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$"),
    right("sixteen digits in fours, such as 0000-0002-1825-0097"),
]
Link = Annotated[
    str, Field(pattern=r"^https?://\S+$", max_length=1_000), right("an address with https://")
]


def checks_out(orcid: str) -> bool:
    """Return whether the last digit of an ORCID iD fits the others (ISO 7064, mod 11-2)."""
    digits = orcid.replace("-", "")
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11] == digits[-1]


@dataclass(frozen=True)
class Author(TomlTable):
    """One person who is responsible for the study."""

    name: Line
    """As in the publication."""
    orcid: OrEmpty[Orcid] = ""
    """The person's ORCID iD, without https://orcid.org/."""
    institution: OrEmpty[Line] = ""
    """Where they work."""

    @rule("orcid")
    def _orcid_checks_out(self) -> Broken:
        if self.orcid and not checks_out(self.orcid):
            words = "an ORCID iD whose last digit fits the others"
            yield "orcid", f"must be {words}, but is {self.orcid!r}"


@dataclass(frozen=True)
class About(TomlTable):
    """What a reviewer asks about a study that no data can answer. Participants see none of it."""

    authors: Annotated[Many[Author], Field(max_length=1_000)] = ()
    """The authors, in order."""
    ethics: OrEmpty[Reason] = ""
    """Which board approved the study, with its number; or why none had to."""
    funding: Annotated[Many[Line], Field(max_length=100)] = ()
    """Who paid, one text each, with the number of the grant."""
    conflicts: OrEmpty[Reason] = ""
    """Conflicts of interest, or that there are none."""
    registration: OrEmpty[Link] = ""
    """Where the study was registered before the first participant."""
    contact: OrEmpty[Line] = ""
    """Whom readers may ask."""
    data_licence: OrEmpty[Line] = ""
    """The licence of the data: its SPDX name, such as CC-BY-4.0, or its address."""
    picture_licence: OrEmpty[Line] = ""
    """The licence of the pictures that participants saw."""
    deviations: Annotated[Many[Reason], Field(max_length=100)] = field(default=(), metadata=LATER)
    """What was done otherwise than planned and neither protocol nor data show, one text each."""
