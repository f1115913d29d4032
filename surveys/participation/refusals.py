"""Every sentence that a participant may be shown when something did not go as planned.

Each says what happened and what to do next.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Refusal:
    """Why a page or an answer was refused, and the HTTP status that says so to programs."""

    # Stored in the events, so that a researcher sees what happened.
    code: str
    status: int
    heading: str | Promise
    sentence: str | Promise
    # Whether "Continue" leads anywhere.
    can_continue: bool = True


NO_ANSWER = Refusal(
    "no_answer",
    400,
    _("No answer was chosen"),
    _("Choose one of the answers, then press Continue."),
)
NOT_OFFERED = Refusal(
    "not_offered",
    400,
    _("This answer was not offered"),
    _("Nothing was stored. Choose one of the answers below, then press Continue."),
)
ALREADY_ANSWERED = Refusal(
    "already_answered",
    409,
    _("This answer was already recorded"),
    _("Your first answer to this question counts. Press Continue to return to where you were."),
)
NO_CONFIDENCE = Refusal(
    "no_confidence",
    400,
    _("You did not say how sure you are"),
    _("Choose how sure you are, then press Continue."),
)
TOO_EARLY = Refusal(
    "too_early",
    400,
    _("Please look a little longer"),
    _("Nothing was stored yet. Look at the pictures once more, then press Continue."),
)
NOT_ALL_ANSWERED = Refusal(
    "not_all_answered",
    400,
    _("Something is still missing"),
    _("Answer the marked questions, then press Continue."),
)
NO_NUMBER = Refusal(
    "no_number",
    400,
    _("Only numbers can be entered"),
    _("Enter each number that you see in digits, or leave the field empty, then press Continue."),
)
NOT_RIGHT_YET = Refusal(
    "not_right_yet",
    400,
    _("Not all answers were right"),
    _("Read the instructions once more, then try again."),
)
NOT_YET = Refusal(
    "not_yet",
    409,
    _("This question comes later"),
    _("Nothing was stored. Press Continue to return to where you were."),
)
STALE_FORM = Refusal(
    "stale_form",
    409,
    _("This page is out of date"),
    _("Nothing was stored. Press Continue to return to where you were."),
)
NO_CONSENT = Refusal(
    "no_consent",
    400,
    _("Do you agree to take part?"),
    _(
        "To go on, tick the box, then press Continue. If you do not agree, press “I do not want to "
        "take part”."
    ),
)
WORDING_CHANGED = Refusal(
    "wording_changed",
    409,
    _("This page has changed since you opened it"),
    _("Nothing was stored. Please read it again, then tick the box and press Continue."),
)
COOKIES_REFUSED = Refusal(
    "cookies_refused",
    403,
    _("Your browser did not keep our cookie"),
    _(
        "We use one cookie to know which question you are on, and for nothing else. Allow "
        "cookies for this site, then press Continue."
    ),
)
COOKIE_LOST = Refusal(
    "cookie_lost",
    403,
    _("This browser has lost your place"),
    _(
        "The cookie that marks your place is gone, perhaps because cookies were deleted. Your "
        "earlier answers are stored. To take part, you have to start again: press Continue."
    ),
)
COOKIE_LOST_PANEL = Refusal(
    "cookie_lost_panel",
    403,
    _("This browser has lost your place"),
    _(
        "The cookie that marks your place is gone, perhaps because cookies were deleted. Your "
        "earlier answers are stored. To continue where you were, open the study again from the "
        "page that invited you."
    ),
    can_continue=False,
)
NOT_OPEN_YET = Refusal(
    "not_open_yet",
    403,
    _("This study is not open yet"),
    _("Please come back later, or ask the person who gave you the link."),
    can_continue=False,
)
PANEL_NEEDED = Refusal(
    "panel_needed",
    403,
    _("Please use the link that invited you"),
    _("Open the study from the page that invited you, so that your participation counts."),
    can_continue=False,
)
FRAMED = Refusal(
    "framed",
    403,
    _("This study does not run inside Mechanical Turk’s page"),
    _(
        "It must be opened by a link, in its own window. Please return the task and let its "
        "requester know that a survey link is needed."
    ),
    can_continue=False,
)
NO_PHONES = Refusal(
    "no_phones",
    403,
    _("Please use a computer or a tablet"),
    _(
        "The pictures of this study are too small on a phone. Open the same link on a computer or "
        "a tablet."
    ),
    can_continue=False,
)
WINDOW_TOO_NARROW = Refusal(
    "window_too_narrow",
    400,
    _("This window is too narrow"),
    _(
        "The pictures of this study need more room. Make the window wider or use a larger screen, "
        "then press Continue."
    ),
)
UNKNOWN_STUDY = Refusal(
    "unknown_study",
    404,
    _("There is no study at this address"),
    _("Check the link for missing letters, or ask the person who gave it to you."),
    can_continue=False,
)
WRONG_BOT = Refusal(
    "wrong_bot",
    403,
    _("This link is for simulated participants"),
    _("It is no longer valid. Use the link to the study that you were given."),
    can_continue=False,
)
TOO_MANY_AT_ONCE = Refusal(
    "too_many_at_once",
    429,
    _("Many people are arriving at once"),
    _(
        "Too many people from your network have opened this study in the last minute. Wait a "
        "minute, then try again."
    ),
)
