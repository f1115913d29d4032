"""Every address of the console says who may open it, and means it.

A page is forgotten nowhere: the addresses come from the resolver. A new view of the console needs
one line, `@for_role(...)`, `@signed_in`, `@for_administrators` or `@for_anyone`.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.access import ADMINISTRATORS, ANYONE, SIGNED_IN

# What stands for the parts of an address that are no study: by name, else by the kind of converter.
EXAMPLES = {"content_sha256": "ab" * 32}
BY_KIND = {
    "IntConverter": 1,
    "StringConverter": "x",
    "SlugConverter": "x",
    "PathConverter": "x",
    "UUIDConverter": "0" * 32,
}


def addresses(
    patterns: Any, names: str = "", prefix: str = "", parts: dict[str, Any] | None = None
) -> Iterator[tuple[str, Any, Any]]:
    """(name, pattern, converters of its whole route) of every address below the console's own."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        converters = {**(parts or {}), **pattern.pattern.converters}
        if isinstance(pattern, URLResolver):
            below = f"{names}{pattern.namespace}:" if pattern.namespace else names
            yield from addresses(pattern.url_patterns, below, route, converters)
        elif isinstance(pattern, URLPattern) and route.startswith("console/"):
            yield f"{names}{pattern.name}", pattern, converters


FOUND = list(addresses(get_resolver().url_patterns))
CONSOLE = {name: pattern for name, pattern, _ in FOUND}
CONVERTERS = {name: converters for name, _, converters in FOUND}
ACCESS = {name: getattr(pattern.callback, "access", "") for name, pattern in CONSOLE.items()}
OF_A_STUDY = sorted(name for name, access in ACCESS.items() if access.startswith("role "))
# Forms of a study that change nothing, so that viewers may send them: name each, with its reason.
# A preview stores nothing, whatever is answered in it.
PREVIEW = {name for name in CONSOLE if name.startswith("console:preview")}
HARMLESS_FORMS: set[str] = PREVIEW


def address_of(name: str, slug: str) -> str:
    converters = CONVERTERS[name]
    arguments = {
        part: EXAMPLES.get(part) or BY_KIND[type(converter).__name__]
        for part, converter in converters.items()
    }
    if "slug" in converters:
        arguments["slug"] = slug
    return reverse(name, kwargs=arguments)


def test_the_walk_finds_the_pages_of_every_app():
    assert {name.split(":")[0] for name in CONSOLE} >= {"console", "builds", "accounts"}
    assert len(OF_A_STUDY) >= 7
    assert all(pattern.name for pattern in CONSOLE.values())


def statuses(browser: Any, method: str, names: Any) -> dict[str, int]:
    """Page -> the status that this browser gets for it."""
    send = getattr(browser, method)
    return {name: send(address_of(name, "shapes")).status_code for name in names}


def test_every_page_says_who_may_open_it():
    silent = [name for name in CONSOLE if not ACCESS[name]]
    assert silent == [], (
        "These do not say who may open them: decorate each view with @for_role, @signed_in, "
        "@for_administrators or @for_anyone."
    )


def test_an_address_with_a_study_asks_for_a_role_in_it():
    with_study = [name for name in CONSOLE if "slug" in CONVERTERS[name]]
    assert sorted(with_study) == OF_A_STUDY


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_visitor_who_is_not_signed_in_is_asked_to(client, survey, method):
    for name in (name for name in CONSOLE if ACCESS[name] != ANYONE):
        response = getattr(client, method)(address_of(name, survey.slug))
        assert response.status_code == 302, name
        assert response["Location"].startswith(reverse("accounts:login") + "?next="), name


@pytest.mark.parametrize("method", ["get", "post"])
def test_to_a_stranger_the_study_does_not_exist(team, method):
    assert set(statuses(team.dee, method, OF_A_STUDY).items()) == {
        (name, 404) for name in OF_A_STUDY
    }


def test_a_viewer_sends_no_form(team, survey):
    for name in (name for name in OF_A_STUDY if name not in HARMLESS_FORMS):
        response = team.cy.post(address_of(name, survey.slug))
        assert response.status_code == 403, name
        words = response.content.decode()
        assert "Your role in this study is viewer; this page is for " in words, name


def test_what_is_for_owners_an_editor_does_not_even_see(team, survey):
    refusal = "Your role in this study is editor; this page is for owners."
    for name in (name for name in OF_A_STUDY if "role owner" in ACCESS[name]):
        response = team.ben.get(address_of(name, survey.slug))
        assert response.status_code == 403, name
        assert refusal in response.content.decode(), name


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_for_administrators_is_for_nobody_else(team, method):
    names = [name for name in CONSOLE if ACCESS[name] == ADMINISTRATORS]
    assert statuses(team.ada, method, names) == dict.fromkeys(names, 403)


def test_what_needs_no_role_opens_for_everybody_who_is_signed_in(team):
    names = [name for name in CONSOLE if ACCESS[name] == SIGNED_IN]
    # 404: of a thing that there is none of; 405: a form's address.
    found = statuses(team.dee, "get", names)
    assert [name for name, status in found.items() if status not in (200, 404, 405)] == []


def test_no_form_is_taken_without_its_token(team, survey):
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = team.ada.cookies
    for name in (name for name in CONSOLE if "review_secret" not in CONVERTERS[name]):
        response = browser.post(address_of(name, survey.slug))
        assert response.status_code in (403, 405), name
