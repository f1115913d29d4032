"""A page as one file: styles and pictures inside it, without scripts, forms and addresses."""

import base64
import mimetypes
import posixpath
import re
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest
from django.urls import Resolver404, resolve

from surveys.participation.shown.images import open_image

STIMULUS = "surveys:stimulus"
# In the place of a picture that must not go along.
BLANK = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'%3E"
    "%3Crect width='1' height='1' fill='%23c9ced6'/%3E%3C/svg%3E"
)
LINK = re.compile(r"[ \t]*<link\b[^>]*>\n?")
STYLE_SHEET = re.compile(r'rel="stylesheet" href="([^"]+)"')
# What only scripts use, and what would name a visitor: hidden fields have their tokens.
LEFT_OUT = re.compile(r'(?s)<(script|noscript)\b.*?</\1>|<input type="hidden"[^>]*>')
ACTION = re.compile(r'(<form\b[^>]*?) action="[^"]*"')
LED_TO = re.compile(r'(<a\b[^>]*? href=")[^"]*"')
PICTURE = re.compile(r'(<img\b[^>]*?\bsrc=")([^"]*)"')
FILE_IN_STYLES = re.compile(r'url\("?([^")]+)"?\)')
# What the scripts of a page do at once: they name the keys, and show pictures shown for a moment.
KEYS, KEYS_SHOWN = 'keys-hint" hidden', 'keys-hint"'
BODY, BODY_SHOWN = "<body>", '<body class="is-presenting">'


def standalone(html: str, with_images: bool) -> str:
    """Return the page as it stands once its scripts ran; stimuli are grey without `with_images`.

    Equal pages of different visitors are equal.
    """
    html = LEFT_OUT.sub("", html).replace(KEYS, KEYS_SHOWN).replace(BODY, BODY_SHOWN)
    html = LED_TO.sub(r'\1#"', ACTION.sub(r"\1", html))
    html = LINK.sub(lambda match: _styles(match[0]), html)
    return PICTURE.sub(lambda match: f'{match[1]}{_picture(match[2], with_images)}"', html)


def _styles(link: str) -> str:
    """The style sheet that a link names; nothing for a link to anything else."""
    named = STYLE_SHEET.search(link)
    return f"<style>\n{_style_sheet(named[1])}</style>\n" if named else ""


@cache
def _style_sheet(address: str) -> str:
    folder = posixpath.dirname(address)

    def put_in(match: re.Match[str]) -> str:
        name = posixpath.normpath(posixpath.join(folder, match[1]))
        return f'url("{_data_uri(_static_file(name), mimetypes.guess_type(name)[0] or "")}")'

    return FILE_IN_STYLES.sub(put_in, _static_file(address).decode())


def _static_file(address: str) -> bytes:
    """A file of the interface: from the folder that is served, or where none is, from its app."""
    name = address.removeprefix(settings.STATIC_URL)
    if staticfiles_storage.exists(name):
        with staticfiles_storage.open(name) as file:
            return bytes(file.read())
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(2, "a style sheet of the pages is missing", address)
    return Path(found).read_bytes()


def _picture(address: str, with_images: bool) -> str:
    """The picture as a data URI; grey where it is a stimulus that must not go along, or missing."""
    if address.startswith("data:"):
        return address
    try:
        match = resolve(urlsplit(address).path)
        if match.view_name == STIMULUS:
            return _stimulus(match.kwargs["file_name"]) if with_images else BLANK
        response = match.func(_get(address), *match.args, **match.kwargs)
    except (Resolver404, Http404):
        return BLANK
    return _data_uri(response.content, response["Content-Type"])


def _stimulus(name: str) -> str:
    # Not by its view: closing a response that streams a file ends the database's connection.
    found = open_image(name)
    if found is None:
        return BLANK
    file, kind = found
    with file:
        return _data_uri(file.read(), kind)


def _get(address: str) -> HttpRequest:
    request = HttpRequest()
    request.method, request.path = "GET", address
    return request


def _data_uri(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
