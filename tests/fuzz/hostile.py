"""What an attacker may send: hostile values in every place of a request, drawn by hypothesis."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import strategies as st

# Text that has broken something somewhere: databases, paths, templates, numbers, encodings.
CLASSICS = (
    "", " ", "\x00", "a\x00b", "'", '"', "' OR 1=1 --", "'; DROP TABLE surveys_participant; --",
    "<script>alert(1)</script>", "{{ 7*7 }}", "{% debug %}", "${7*7}", "%s%s%s%n", "%00", "%2e%2e",
    "../../../../etc/passwd", "..\\..\\windows", "file:///etc/passwd", "//evil.example/x",
    "http://evil.example/", "javascript:alert(1)", "\r\nSet-Cookie: x=1", "-1", "0", "1e309", "NaN",
    "Infinity", "9" * 30, "-" + "9" * 30, "0x10", "1.5", "true", "null", "[]", "{}", "٣", "²", "𝟙",
    "\ud800", "\ufeff", "\u202e", "ß" * 300, "x" * 5_000, "a[b]=c", "__proto__", "constructor",
    "seed = 1\n[data]\nkind = 1", "a = " + "[" * 5_000,
)  # fmt: skip
FIELDS = (
    "agree", "decline", "answer", "first", "confidence", "response_time_ms", "hidden_time_ms",
    "chosen_ms", "n_changes", "timed_by", "images_failed", "seen", "attempt",
    "q1", "age", "remarks", "status", "role", "action", "username", "password", "old_password",
    "new_password1", "new_password2", "otp_token", "code", "recipe_file", "text", "reason", "next",
    "user", "name", "csrfmiddlewaretoken", "lang", "page", "actor", "since", "until",
    "PROLIFIC_PID", "STUDY_ID", "SESSION_ID", "simulated",
)  # fmt: skip
METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "BREW")
HEADERS = (
    "Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Accept-Language",
    "Referer", "Origin", "User-Agent", "Content-Length", "If-Modified-Since", "Range",
    "Accept-Encoding", "Sec-Fetch-Mode", "X-CSRFToken", "Authorization", "X-Request-ID",
    "X-HTTP-Method-Override",
)  # fmt: skip
COOKIES = ("participant", "sessionid", "csrftoken", "messages", "django_language", "x")
TYPES = (
    "application/x-www-form-urlencoded", "multipart/form-data; boundary=BoUnD",
    "multipart/form-data", "multipart/form-data; boundary=" + "x" * 300, "application/json",
    "application/json; charset=no-such", "text/plain; charset=utf-7", "text/xml", "", "*/*",
)  # fmt: skip

text = st.one_of(st.sampled_from(CLASSICS), st.text(max_size=40))
# What an HTTP server lets through in a header.
header_text = st.one_of(
    st.sampled_from([value for value in CLASSICS if value.isascii() and value.isprintable()]),
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF), max_size=40),
)


@dataclass(frozen=True)
class Hostile:
    """One request, and as whom it is sent."""

    actor: str
    method: str
    path: str
    query: list[tuple[str, str]]
    fields: dict[str, str]
    headers: dict[str, str]
    cookies: dict[str, str]
    content_type: str
    raw: bytes
    # Whether the form's secret is sent along, as a page of ours would.
    with_token: bool
    file: bytes | None = field(default=None)


def routes(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    """The route of every address of the project."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def _fill(route: str, draw: Any, slug: str) -> str:
    """The route with its parts filled in: mostly with what fits, sometimes with what does not."""
    parts = []
    for piece in route.split("/"):
        if not piece.startswith("<"):
            parts.append(piece)
        elif "slug" in piece:
            parts.append(slug if draw(st.integers(0, 3)) else draw(text))
        elif piece.startswith("<int"):
            parts.append(draw(st.one_of(st.integers(0, 5).map(str), st.sampled_from(CLASSICS))))
        else:
            parts.append(draw(text))
    return "/" + "/".join(parts)


@st.composite
def hostile(draw: Any, actors: tuple[str, ...], slug: str = "shapes") -> Hostile:
    known = list(routes())
    path = draw(st.sampled_from([*known, ""]))
    filled = _fill(path, draw, slug) if path else "/" + draw(text)
    values = st.dictionaries(st.one_of(st.sampled_from(FIELDS), text), text, max_size=5)
    return Hostile(
        actor=draw(st.sampled_from(actors)),
        method=draw(st.sampled_from((*["GET", "POST"] * 9, *METHODS))),
        path=filled,
        query=list(draw(values).items()) if draw(st.booleans()) else [],
        fields=draw(values),
        headers=draw(st.dictionaries(st.sampled_from(HEADERS), header_text, max_size=2))
        if draw(st.integers(0, 2)) == 0
        else {},
        cookies=draw(st.dictionaries(st.sampled_from(COOKIES), header_text, max_size=1))
        if draw(st.integers(0, 4)) == 0
        else {},
        content_type=draw(st.sampled_from(TYPES)),
        raw=draw(st.binary(max_size=60)) if draw(st.integers(0, 4)) == 0 else b"",
        with_token=draw(st.booleans()),
        file=draw(st.one_of(st.binary(max_size=60), st.sampled_from(CLASSICS).map(_encoded)))
        if draw(st.integers(0, 3)) == 0
        else None,
    )


def _encoded(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")
