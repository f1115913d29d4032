"""Sends the requests of Prolific's published API (version 1) that recruiting needs.

Each failure is one sentence for the researcher. Only the address in PROLIFIC_URL is asked: links in
answers are not followed. The token is in one header of each request, in no message and no log.
Source: https://docs.prolific.com/api-reference.
"""

import re
from typing import Annotated, Any, TypeVar

import httpx2
from django.conf import settings
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, field_validator

from surveys.errors import ProlificError

SECONDS = 10
# As many as Prolific's own command line asks for at once, and the most that are read.
PER_PAGE, MOST_PAGES = 200, 200
LONGEST_DETAIL = 300
# What study ids consist of; they become a part of an address.
STUDY_ID = re.compile(r"[A-Za-z0-9]{1,64}")
# HTTP status -> what the researcher can do about it.
REFUSALS = {
    401: "Prolific did not accept the token. Create a new one on Prolific’s page of API tokens and "
    "set PROLIFIC_TOKEN to it.",
    403: "Prolific does not allow this with the token of PROLIFIC_TOKEN. Create one with an "
    "account that may change the study.",
    404: "Prolific knows no such study, or the account of the token may not see it.",
}

Answer = TypeVar("Answer", bound=BaseModel)


class Study(BaseModel):
    """A study as Prolific describes it."""

    model_config = ConfigDict(frozen=True)

    id: Annotated[str, Field(pattern=f"^{STUDY_ID.pattern}$")]
    # Such as "UNPUBLISHED", "ACTIVE", "PAUSED" or "AWAITING REVIEW".
    status: Annotated[str, Field(min_length=1, max_length=40)]
    name: str = ""
    external_study_url: str = ""

    @field_validator("name", "external_study_url", mode="before")
    @classmethod
    def _no_text(cls, value: Any) -> Any:
        return "" if value is None else value


class Submission(BaseModel):
    """One participant's submission: who, how far, and with which completion code."""

    model_config = ConfigDict(frozen=True)

    # What Prolific fills into an address as SESSION_ID and PROLIFIC_PID.
    id: Annotated[str, Field(max_length=100)]
    participant_id: Annotated[str, Field(max_length=100)]
    # In capitals, with spaces: Prolific writes "TIMED-OUT" and "AWAITING REVIEW".
    status: str
    code: str | None = Field(
        default=None, validation_alias=AliasChoices("study_code", "entered_code")
    )

    @field_validator("status")
    @classmethod
    def _in_one_spelling(cls, value: str) -> str:
        return re.sub("[-_]", " ", value).upper()


class _Count(BaseModel):
    count: Annotated[int, Field(ge=0)]


class _Page(BaseModel):
    results: list[Submission]
    meta: _Count | None = None


def has_token() -> bool:
    """Whether this server can ask Prolific at all."""
    return bool(settings.PROLIFIC_TOKEN)


def open_transport() -> httpx2.BaseTransport | None:
    """Return what sends the requests; None for the network."""
    return None


class Prolific:
    """A connection, to be used in a `with` statement. ProlificError where Prolific fails."""

    def __init__(self) -> None:
        token = settings.PROLIFIC_TOKEN
        if not re.fullmatch(r"[!-~]+", token):
            raise ProlificError(
                "PROLIFIC_TOKEN contains characters that no token has, such as spaces."
                if token
                else "This server has no token for Prolific. Set PROLIFIC_TOKEN or "
                "PROLIFIC_TOKEN_FILE and restart it."
            )
        self.client = httpx2.Client(
            base_url=settings.PROLIFIC_URL,
            headers={"Authorization": f"Token {token}", "Accept": "application/json"},
            timeout=SECONDS,
            transport=open_transport(),
        )

    def __enter__(self) -> "Prolific":
        return self

    def __exit__(self, *error: object) -> None:
        self.client.close()

    def create_study(self, study: dict[str, Any]) -> Study:
        """Create a draft, which nobody sees until it is published on Prolific's own pages."""
        return self._ask(Study, "POST", "/api/v1/studies/", json=study)

    def find_study(self, study_id: str) -> Study:
        return self._ask(Study, "GET", f"/api/v1/studies/{study_id}/")

    def pause(self, study_id: str) -> Study:
        """Show the study to nobody new; participants who have begun may finish."""
        address = f"/api/v1/studies/{study_id}/transition/"
        return self._ask(Study, "POST", address, json={"action": "PAUSE"})

    def find_submissions(self, study_id: str) -> list[Submission]:
        """Return all submissions of the study, or none: ProlificError where a page is missing."""
        found: dict[str, Submission] = {}
        for _ in range(MOST_PAGES):
            page = self._ask(
                _Page,
                "GET",
                f"/api/v1/studies/{study_id}/submissions/",
                params={"limit": PER_PAGE, "offset": len(found)},
            )
            n_before = len(found)
            found |= {row.id: row for row in page.results}
            wanted = page.meta.count if page.meta else None
            if wanted is not None and len(found) >= wanted:
                return list(found.values())
            if len(found) == n_before:
                if wanted is None:
                    return list(found.values())
                raise ProlificError(
                    f"Prolific lists {wanted} submissions but sent {len(found)} of them. "
                    "Read them again."
                )
        raise ProlificError(f"Prolific lists more than {len(found)} submissions, too many to read.")

    def _ask(self, kind: type[Answer], method: str, address: str, **more: Any) -> Answer:
        try:
            response = self.client.request(method, address, **more)
        except httpx2.TimeoutException as error:
            raise ProlificError(_no_answer(method)) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise ProlificError(
                f"Prolific could not be reached at {settings.PROLIFIC_URL}. Check the server’s "
                "network."
            ) from error
        if not response.is_success:
            raise ProlificError(_refusal(response))
        try:
            return kind.model_validate_json(response.content)
        except ValidationError as error:
            # Without its cause, whose text quotes the answer and so participants' ids.
            where = ".".join(map(str, error.errors()[0]["loc"])) or "the whole"
            raise ProlificError(
                f"Prolific’s answer could not be read ({where} is not as its documentation says)."
            ) from None


def _no_answer(method: str) -> str:
    sentence = f"Prolific did not answer within {SECONDS} seconds"
    if method == "POST":
        return f"{sentence}, but may have done it: look on Prolific before you try again."
    return f"{sentence}. Try again in a minute."


def _refusal(response: httpx2.Response) -> str:
    """Return what Prolific's refusal means."""
    status = response.status_code
    if status in REFUSALS:
        return REFUSALS[status]
    if status == httpx2.codes.TOO_MANY_REQUESTS:
        seconds = response.headers.get("Retry-After", "")
        wait = f"{seconds} seconds" if seconds.isdecimal() and len(seconds) < 6 else "a minute"
        return f"Prolific has had too many requests. Try again in {wait}."
    if response.is_redirect:
        return (
            f"{settings.PROLIFIC_URL} redirects elsewhere; set PROLIFIC_URL to the API’s address."
        )
    if response.is_server_error:
        return f"Prolific has a problem of its own (status {status}). Try again later."
    detail = _detail_of(response)
    return f"Prolific refused this (status {status}){f': {detail}' if detail else '.'}"


def _detail_of(response: httpx2.Response) -> str:
    """Return Prolific's own words, in one short line and without the token."""
    try:
        answer = response.json()
    except ValueError:
        return ""
    error = answer.get("error", answer) if isinstance(answer, dict) else answer
    detail = error.get("detail", error.get("title", "")) if isinstance(error, dict) else error
    words = " ".join(str(detail).split()).replace(settings.PROLIFIC_TOKEN, "…")
    return words if len(words) <= LONGEST_DETAIL else f"{words[:LONGEST_DETAIL]}…"
