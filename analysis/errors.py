"""What can go wrong between responses and results, each error one sentence for its researcher.

AnalysisError
├── DataError      a file or column that is missing, doubled or outside its range
├── PlanError      keys or values of a plan, each with its line; what the data do not have
└── OutputError    a results folder that cannot be written
"""

from toml_files.problems import FileError


class AnalysisError(Exception):
    """Any failure whose message may be shown to a researcher as it stands."""


class DataError(AnalysisError):
    """Data that cannot be analysed: what, in which row and column, and what would be right."""


class PlanError(AnalysisError, FileError):
    """A plan that breaks rules, or compares conditions that the data do not have."""


class OutputError(AnalysisError):
    """The results' folder holds other files or cannot be written."""


REASONS: dict[type[OSError], str] = {
    FileNotFoundError: "there is no such file",
    IsADirectoryError: "it is a folder",
    NotADirectoryError: "a part of its path is a file",
    PermissionError: "its permissions forbid it",
}


def reason(error: OSError) -> str:
    """Why a file could not be read or written, in words of ours where it is a usual reason."""
    return REASONS.get(type(error)) or error.strerror or type(error).__name__
