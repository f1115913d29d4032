"""Errors between responses and results; each message is one sentence for the researcher.

AnalysisError
├── DataError      a file or column that is missing, repeated or outside its range
├── PlanError      keys or values of a plan, each with its line; conditions that the data lack
└── OutputError    a results folder that cannot be written
"""

from toml_files.problems import FileError


class AnalysisError(Exception):
    """A failure whose message may be shown to a researcher unchanged."""


class DataError(AnalysisError):
    """Data that cannot be analysed: what, in which row and column, and what would be right."""


class PlanError(AnalysisError, FileError):
    """A plan that breaks rules, or compares conditions that the data do not have."""


class OutputError(AnalysisError):
    """The results folder has other files or cannot be written."""


REASONS: dict[type[OSError], str] = {
    FileNotFoundError: "there is no such file",
    IsADirectoryError: "it is a folder",
    NotADirectoryError: "a part of its path is a file",
    PermissionError: "its permissions forbid it",
}


def reason(error: OSError) -> str:
    """Return why a file could not be read or written, in plain words for common reasons."""
    return REASONS.get(type(error)) or error.strerror or type(error).__name__
