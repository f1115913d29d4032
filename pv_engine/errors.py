"""Errors of the engine. Each message is one sentence for the user who can fix the cause.

EngineError
├── RecipeError        a key or value of the recipe
├── ImageDataError          an image, label or folder
├── WeightsError       a weights file or checkpoint
├── SaliencyError      a class, a target count, a map
└── SelectionError     too few items for the strata asked for
"""

import os

from toml_files.problems import FileError


class EngineError(Exception):
    """An error whose message may be shown to a user as it is."""


class RecipeError(EngineError, FileError):
    """Recipe keys or values are unknown, missing or outside their range: one line for each."""


class ImageDataError(EngineError):
    """An image cannot be read, a folder is empty, or a label is unknown."""


class WeightsError(EngineError):
    """A weights file is missing or does not fit the network."""


class SaliencyError(EngineError):
    """A saliency map of a class that does not exist, or one that is not finite."""


class SelectionError(EngineError):
    """The images do not yield the number of items that the recipe asks for."""


def reason_of(error: BaseException) -> str:
    """Why, in words for a sentence: without numbers of errors, paths said already, and traces."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not text in UTF-8"
    if isinstance(error, OSError) and error.errno:
        # What a library puts in the place of the words may have the number and the path in it.
        return os.strerror(error.errno)
    return (str(error).strip() or type(error).__name__).splitlines()[0]
