"""Reads the forms of a page the way a browser does: what would be sent, and what can be chosen."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """A form of a page."""

    action: str
    method: str
    # What is sent without anything being chosen or typed.
    values: dict[str, str] = field(default_factory=dict)
    # Name of a radio group or checkbox -> the values to choose from, in the order of the page.
    choices: dict[str, list[str]] = field(default_factory=dict)
    # Names of the fields for free text.
    texts: list[str] = field(default_factory=list)


@dataclass
class Page:
    """The parts of a page that decide what a participant can do next."""

    forms: list[Form] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)


def read_page(html: str) -> Page:
    reader = _PageReader()
    reader.feed(html)
    reader.close()
    return reader.page


class _PageReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._form: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.page.ids.add(given["id"])
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.page.forms.append(self._form)
        elif tag == "input" and self._form is not None and "name" in given:
            self._read_input(self._form, given)
        elif tag == "textarea" and self._form is not None and "name" in given:
            self._form.texts.append(given["name"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None

    def _read_input(self, form: Form, given: dict[str, str]) -> None:
        name, value = given["name"], given.get("value", "")
        if given.get("type") in ("radio", "checkbox"):
            form.choices.setdefault(name, []).append(value)
        else:
            form.values[name] = value
