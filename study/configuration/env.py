"""Reads settings from the environment; an invalid value stops the start with its name.

The file `.env` beside manage.py supplies variables that the environment lacks. An installed package
has no manage.py and reads `.env` from the working folder.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from dotenv import load_dotenv

CODE = Path(__file__).resolve().parents[2]


def home_of(code: Path) -> Path:
    """Return the folder of `.env` and `var`: the checkout, or the working folder for a wheel."""
    return code if (code / "manage.py").is_file() else Path.cwd()


HOME = home_of(CODE)
load_dotenv(HOME / ".env")

TRUE = {"1", "true", "True", "on"}
FALSE = {"0", "false", "False", "off", ""}


def read_text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def read_bool(name: str, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(
            f"{name} must be one of true, false, 1, 0, on or off, but is {value!r}."
        )
    return value in TRUE


def read_int(name: str, default: int, minimum: int = 0) -> int:
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        number = int(value)
    except ValueError:
        number = minimum - 1
    if number < minimum:
        raise ImproperlyConfigured(
            f"{name} must be a whole number of at least {minimum}, but is {value!r}."
        )
    return number


def read_list(name: str, default: str) -> list[str]:
    return [part.strip() for part in read_text(name, default).split(",") if part.strip()]


def read_url(name: str, default: str, schemes: tuple[str, ...]) -> str:
    value = os.environ.get(name) or default
    if urlsplit(value).scheme not in schemes:
        # The value may contain a password, so it is not repeated.
        raise ImproperlyConfigured(
            f"{name} must begin with one of {', '.join(f'{scheme}://' for scheme in schemes)}."
        )
    return value


def with_host(url: str, host: str) -> str:
    """Return the URL with another host and the same port; unchanged if `host` is empty."""
    if not host:
        return url
    parts = urlsplit(url)
    return parts._replace(netloc=f"{host}:{parts.port}" if parts.port else host).geturl()


def read_path(name: str, default: Path) -> Path:
    return Path(os.environ.get(name) or default).expanduser().resolve()


def read_secret(name: str, default_file: Path | None = None) -> str:
    """Return the value of NAME, else the content of the file in NAME_FILE, else of default_file.

    Raises ImproperlyConfigured if the file in NAME_FILE cannot be read. A missing default file
    gives an empty text.
    """
    if name in os.environ:
        return os.environ[name]
    named_file = os.environ.get(f"{name}_FILE")
    if named_file is None:
        return default_file.read_text().strip() if default_file and default_file.is_file() else ""
    try:
        return Path(named_file).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}_FILE names {named_file}, which cannot be read: {error.strerror}."
        ) from error
