"""What the database knows of a study: surveys, who takes part, what they saw and answered.

Nothing here identifies a participant: no name, no address of a machine, no browser. What they
are shown is stored before it is shown, and what they answer is stored before the next page is sent.
"""

from surveys.models.bot_runs import BotRun
from surveys.models.drafts import ProtocolDraft, ProtocolRevision
from surveys.models.exclusions import Exclusion
from surveys.models.item_drops import ItemDrop
from surveys.models.jobs import Job
from surveys.models.ledger import Assignment
from surveys.models.membership import Invitation, Membership, Role
from surveys.models.page_errors import PageError
from surveys.models.participants import Event, PanelIdentity, Participant
from surveys.models.power_runs import PowerRun
from surveys.models.preflight_runs import PreflightRun
from surveys.models.prolific import ProlificStudy
from surveys.models.reviewing import ReviewLink
from surveys.models.study import Condition, Survey
from surveys.models.trials import Answer, Response, TimedBy, Trial
from surveys.models.unblinding import Unblinding
from surveys.models.versions import ProtocolVersion

__all__ = [
    "Answer",
    "Assignment",
    "BotRun",
    "Condition",
    "Event",
    "Exclusion",
    "Invitation",
    "ItemDrop",
    "Job",
    "Membership",
    "PageError",
    "PanelIdentity",
    "Participant",
    "PowerRun",
    "PreflightRun",
    "ProlificStudy",
    "ProtocolDraft",
    "ProtocolRevision",
    "ProtocolVersion",
    "Response",
    "ReviewLink",
    "Role",
    "Survey",
    "TimedBy",
    "Trial",
    "Unblinding",
]
