"""Reads what the participant's forms carry, trusting none of it."""

from django.http import QueryDict

from surveys.services import SentAnswer

# A page left open for longer tells nothing about how long the answer took.
LONGEST_TIME_MS = 24 * 3600 * 1000
LONGEST_FIELD = 200


def read_consent(data: QueryDict) -> bool:
    return data.get("agree") == "yes"


def read_answer(data: QueryDict) -> SentAnswer:
    """The answer as sent; times that cannot be true are left out rather than stored."""
    response_time = read_milliseconds(data.get("response_time_ms", ""))
    hidden_time = read_milliseconds(data.get("hidden_time_ms", ""))
    if response_time is None or (hidden_time is not None and hidden_time > response_time):
        hidden_time = None
    return SentAnswer(
        option=data.get("answer", "")[:LONGEST_FIELD],
        form_key=data.get("form_key", "")[:LONGEST_FIELD],
        response_time_ms=response_time,
        hidden_time_ms=hidden_time,
    )


def read_milliseconds(text: str) -> int | None:
    """A whole number of milliseconds between 0 and a day, else None."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LONGEST_TIME_MS))):
        return None
    number = int(text)
    return number if number <= LONGEST_TIME_MS else None
