"""Errors of the engine. Each message is one sentence for the user who can fix the cause.

EngineError
├── RecipeError        a key or value of the recipe
├── DataError          an image, label or folder
├── WeightsError       a weights file or checkpoint
├── SaliencyError      a class, a target count, a map
└── SelectionError     too few items for the strata asked for
"""

from toml_files.problems import FileError


class EngineError(Exception):
    """An error whose message may be shown to a user as it is."""


class RecipeError(EngineError, FileError):
    """Recipe keys or values are unknown, missing or outside their range: one line for each."""


class DataError(EngineError):
    """An image cannot be read, a folder is empty, or a label is unknown."""


class WeightsError(EngineError):
    """A weights file is missing or does not fit the network."""


class SaliencyError(EngineError):
    """A saliency map of a class that does not exist, or one that is not finite."""


class SelectionError(EngineError):
    """The images do not yield the number of items that the recipe asks for."""


def first_line(error: BaseException) -> str:
    """Return the first line of a library's message, without the traces that some append."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
