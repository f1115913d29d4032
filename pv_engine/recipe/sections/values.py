"""The kinds of values that the sections of a recipe share."""

from typing import Annotated

from pydantic import Field

from toml_files.tables import Three

Count = Annotated[int, Field(ge=0)]
AtLeastOne = Annotated[int, Field(ge=1)]
# Of what NumPy and torch take, with room for the numbers that are added to it. Negative seeds are
# refused when a build begins: recipes that have one can be read, as they always could.
Seed = Annotated[int, Field(lt=2**62)]
# Images per step, of which the normalisation of a batch needs two.
BatchSize = Annotated[int, Field(ge=2)]
# Of a picture, in pixels.
Side = Annotated[int, Field(ge=32, le=4096)]
# Of a network's channels.
Width = Annotated[int, Field(ge=1, le=4096)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
# Of a whole: with all and nothing, and without.
Share = Annotated[float, Field(ge=0, le=1)]
Part = Annotated[float, Field(gt=0, lt=1)]
# One number for every channel of a picture, or one each for red, green and blue.
PerChannel = float | Three[float]
# What the channels are divided by.
Spreads = Positive | Three[Positive]
