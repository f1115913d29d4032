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
    # Name of a radio group, checkbox or list -> the values to choose from, in the page's order.
    choices: dict[str, list[str]] = field(default_factory=dict)
    # Names of the fields for free text.
    texts: list[str] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """Return the names of all fields."""
        return {*self.values, *self.choices, *self.texts}


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
        self._list = ""

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
        elif tag == "select":
            self._list = given.get("name", "")
        elif tag == "option" and self._form is not None and self._list and given.get("value"):
            self._form.choices.setdefault(self._list, []).append(given["value"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._list = ""

    def _read_input(self, form: Form, given: dict[str, str]) -> None:
        name, value = given["name"], given.get("value", "")
        if given.get("type") in ("radio", "checkbox"):
            form.choices.setdefault(name, []).append(value)
        else:
            form.values[name] = value
