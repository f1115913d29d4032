"""What can go wrong when a study is set up or read out, each error one sentence for its researcher.

SurveyError
├── ProtocolError      keys or values of the protocol file, each with its line
├── LoadError          a protocol that may not replace what is already stored
├── StatusError        opening or closing a survey that cannot be opened or closed
├── BenchmarkError     a database in which the benchmark has no business
├── BlindingError      something that would show which condition is which, too early
├── BotError           simulated participants where they may not be, or a page they cannot read
├── ExportError        a folder that cannot be written
├── ItemDropError      an item that may not be dropped, or not any more
├── MembershipError    a study that would be left without an owner
├── InvitationError    a link that does not work, or does not any more
├── JobError           an export or report that cannot be made, retried or removed now
├── ScreenshotError    a browser that cannot take screenshots
├── ProlificError      Prolific does not answer, or refuses what it was asked
└── ResultsError       a report that cannot be read
"""

from toml_files.problems import FileError


class SurveyError(Exception):
    """Any failure whose message may be shown to a researcher as it stands."""


class ProtocolError(SurveyError, FileError):
    """Protocol keys or values are unknown, missing or outside their range: one line for each."""


class LoadError(SurveyError):
    """The survey exists and has been opened, so that its protocol may not change any more."""


class StatusError(SurveyError):
    """The survey does not exist, or cannot go from its status to the one asked for."""


class BenchmarkError(SurveyError):
    """The database holds real participants, or the benchmark's study already."""


class BlindingError(SurveyError):
    """The study is still blind, or cannot be unblinded yet."""


class BotError(SurveyError):
    """Simulated participants may not take this survey, or met a page they cannot answer."""


class ExportError(SurveyError):
    """The export's folder exists already or cannot be written."""


class ItemDropError(SurveyError):
    """The survey has been opened, or the item or the reason will not do."""


class ExclusionError(SurveyError):
    """The participant cannot be excluded, or the reason will not do."""


class MembershipError(SurveyError):
    """The last owner of a study can be neither removed nor made less."""


class InvitationError(SurveyError):
    """The invitation does not exist, was used or revoked, or has expired."""


class ResultsError(SurveyError):
    """The report of a study cannot be read, or belongs to something else."""


class JobError(SurveyError):
    """An export or report of the console cannot be made, retried or removed now."""


class ScreenshotError(SurveyError):
    """This machine's browser cannot be started, or does not answer."""


class ProlificError(SurveyError):
    """Prolific does not answer, or refuses what it was asked; nothing was stored here."""
